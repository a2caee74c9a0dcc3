"""The sizes of a group of nodes are at least 1."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_SIZES = ("pipelineParallelSize", "tensorParallelSize")


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    worker = document.mapping(*doc.PREDICTOR, "workerSpec")
    for name in _SIZES:
        size = worker.get(name)
        if isinstance(size, int) and not isinstance(size, bool) and size < 1:
            yield Hit((*doc.PREDICTOR, "workerSpec", name), {"field": name})


CHECK = Check(
    id="worker-sizes",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("{field} of a service with workers is at least 1."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
