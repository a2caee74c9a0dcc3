"""KEDA is not installed on this cluster: the service would stay in ReconcileFailed."""

from collections.abc import Iterator

from modelsweb.kinds import SCALED_OBJECT
from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if doc.annotation(document, doc.AUTOSCALER) == "keda" and facts.has(SCALED_OBJECT) is False:
        yield Hit(doc.AUTOSCALER, fix=(Change(doc.AUTOSCALER, "hpa"),))


CHECK = Check(
    id="keda-absent",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("KEDA is not installed on this cluster: the service would stay in ReconcileFailed."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/keda/keda_reconciler.go",
    look=_look,
)
