"""Knative scales on concurrency or rps. For … the annotation … must name its HPA class."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_HPA = "hpa.autoscaling.knative.dev"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        metric = component.get("scaleMetric")
        if (
            doc.is_knative(document)
            and metric in {"cpu", "memory"}
            and doc.annotation(document, doc.KNATIVE_CLASS) != _HPA
        ):
            values = {"metric": str(metric), "annotation": str(doc.KNATIVE_CLASS[-1])}
            yield Hit((*path, "scaleMetric"), values, (Change(doc.KNATIVE_CLASS, _HPA),))


CHECK = Check(
    id="metric-knative",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "Knative scales on concurrency or rps. For {metric} the annotation {annotation} must name its HPA class."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
