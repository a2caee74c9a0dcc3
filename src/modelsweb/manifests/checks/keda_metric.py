"""With KEDA, scaleMetric is refused; the metric belongs in autoScaling.metrics."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if (
            doc.annotation(document, doc.AUTOSCALER) == "keda"
            and doc.is_standard(document)
            and component.get("scaleMetric")
        ):
            yield Hit((*path, "scaleMetric"))


CHECK = Check(
    id="keda-metric",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("With KEDA, scaleMetric is refused; the metric belongs in autoScaling.metrics."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
