"""Without maxReplicas it never scales above … in Standard mode."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        asks = component.get("scaleTarget") is not None or component.get("scaleMetric") is not None
        least = component.get("minReplicas", 1)
        if doc.is_standard(document) and asks and not component.get("maxReplicas") and isinstance(least, int):
            yield Hit(path, {"min": max(least, 1)})


CHECK = Check(
    id="max-absent-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("Without maxReplicas it never scales above {min} in Standard mode."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go",
    look=_look,
)
