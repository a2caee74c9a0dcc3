"""Workers need parallelism: pipeline, or data."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path in (("spec",), ("spec", "prefill")):
        part = document.mapping(*path)
        given = Obj(part).mapping("parallelism")
        if part.get("worker") is not None and not (given.get("pipeline") or given.get("data")):
            yield Hit((*path, "worker"))


CHECK = Check(
    id="llm-worker",
    level=Level.REFUSED,
    kinds=("LLMInferenceService",),
    sentence=text("Workers need parallelism: pipeline, or data."),
    source=KSERVE + "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go",
    look=_look,
)
