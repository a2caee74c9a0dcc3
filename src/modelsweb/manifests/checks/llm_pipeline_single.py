"""Without workers pipeline parallelism is not applied: … GPUs are taken, and one is used."""

from collections.abc import Iterator

from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping("spec", "parallelism").get("pipeline")
    if isinstance(given, int) and given > 1 and document.mapping("spec").get("worker") is None:
        path = ("spec", "parallelism", "pipeline")
        yield Hit(path, {"n": given}, (Change(path, None), Change(("spec", "parallelism", "tensor"), given)))


CHECK = Check(
    id="llm-pipeline-single",
    level=Level.IGNORED,
    kinds=("LLMInferenceService",),
    sentence=text(
        "Without workers pipeline parallelism is not applied: {n} GPUs are taken, and one is used."
    ),
    source="https://github.com/kserve/kserve/issues/6044",
    look=_look,
)
