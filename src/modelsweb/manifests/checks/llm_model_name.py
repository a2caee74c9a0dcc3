"""Two LLM services of a namespace with one model name."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    name, group = _served(document), _group(document)
    others = [*(facts.llm_services or ()), *(one for one in facts.documents if one.kind == document.kind)]
    for other in others:
        if (
            other.name != document.name
            and name
            and _served(other) == name
            and not (group and _group(other) == group)
        ):
            field = ("spec", "model", "name")
            yield Hit(
                field if document.string(*field) else ("metadata", "name"),
                {"model": name, "other": other.name},
            )
            return


def _served(service: Obj) -> str:
    return service.string("spec", "model", "name") or service.name


def _group(service: Obj) -> str:
    """Members of one routing group share a name on purpose."""
    return service.string("spec", "router", "route", "group")


CHECK = Check(
    id="llm-model-name",
    level=Level.NOTE,
    kinds=("LLMInferenceService",),
    sentence=text(
        "LLM service {other} serves the model name {model} too: behind one gateway calls by that name can reach either."
    ),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/router.go",
    look=_look,
)
