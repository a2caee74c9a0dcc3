"""The HPA reads metrics of type Resource only; … needs KEDA."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        metrics = Obj(component).items("autoScaling", "metrics")
        for number, metric in enumerate(metrics):
            if (
                metric.get("type") in {"External", "PodMetric"}
                and doc.annotation(document, doc.AUTOSCALER) in {"", "hpa"}
                and doc.is_standard(document)
            ):
                field = (*path, "autoScaling", "metrics", number, "type")
                yield Hit(field, {"type": str(metric["type"])}, (Change(doc.AUTOSCALER, "keda"),))


CHECK = Check(
    id="external-metric-hpa",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("The HPA reads metrics of type Resource only; {type} needs KEDA."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go",
    look=_look,
)
