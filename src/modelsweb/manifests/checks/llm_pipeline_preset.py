"""KServe ships no preset for workers with pipeline parallelism: without a configuration in baseRefs it stays in ConfigNotFound."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if document.mapping("spec").get("baseRefs"):
        return
    for path in (("spec",), ("spec", "prefill")):
        part = Obj(document.mapping(*path))
        pipeline = part.mapping("parallelism").get("pipeline")
        if part.raw.get("worker") is not None and isinstance(pipeline, int) and pipeline > 1:
            yield Hit((*path, "parallelism", "pipeline"))


CHECK = Check(
    id="llm-pipeline-preset",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text(
        "KServe ships no preset for workers with pipeline parallelism: without a configuration in baseRefs it stays in ConfigNotFound."
    ),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/config_merge.go",
    look=_look,
)
