"""The container of the model's server must be called main; KServe adds nothing to …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    names = [str(one.get("name", "")) for one in document.items("spec", "template", "containers")]
    if names and "main" not in names:
        fix = (Change(("spec", "template", "containers", 0, "name"), "main"),)
        yield Hit(("spec", "template", "containers", 0), {"name": names[0]}, fix)


CHECK = Check(
    id="llm-main",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text("The container of the model's server must be called main; KServe adds nothing to {name}."),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/workload.go",
    look=_look,
)
