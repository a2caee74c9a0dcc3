"""The autoscaler cannot measure … of a container that does not request it."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        metric = component.get("scaleMetric") or "cpu"
        custom = list(Obj(component).items("containers"))
        if (
            not doc.is_standard(document)
            or not component.get("maxReplicas")
            or not custom
            or component.get("model")
        ):
            continue
        asks = component.get("scaleTarget") is not None or component.get("scaleMetric")
        given = Obj(custom[0]).mapping("resources")
        if (
            asks
            and given
            and metric not in {**Obj(given).mapping("limits"), **Obj(given).mapping("requests")}
        ):
            yield Hit((*path, "containers", 0, "resources"), {"metric": str(metric)})


CHECK = Check(
    id="hpa-no-request",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("The autoscaler cannot measure {metric} of a container that does not request it."),
    source="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    look=_look,
)
