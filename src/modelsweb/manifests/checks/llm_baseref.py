"""A configuration in baseRefs that is in neither place where KServe looks for it."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.configs is None:
        return
    known = {one.name for one in facts.configs}
    for index, ref in enumerate(document.items("spec", "baseRefs")):
        name = ref.get("name")
        if isinstance(name, str) and name and name not in known:
            yield Hit(("spec", "baseRefs", index, "name"), {"name": name})


CHECK = Check(
    id="llm-baseref",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text(
        "There is no LLMInferenceServiceConfig {name}, neither here nor among KServe's own: the service stays in ConfigNotFound."
    ),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/config_merge.go",
    look=_look,
)
