"""The weight counts for calls by model name only; calls by the path of this service stay with it."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    path = ("spec", "router", "route", "weight")
    if dig(document.raw, *path) is not None and document.string("spec", "router", "route", "group"):
        yield Hit(path)


CHECK = Check(
    id="llm-group-weight",
    level=Level.NOTE,
    kinds=("LLMInferenceService",),
    sentence=text(
        "The weight counts for calls by model name only; calls by the path of this service stay with it."
    ),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/router.go",
    look=_look,
)
