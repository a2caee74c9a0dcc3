"""KServe reads … in Standard mode only; Knative has a class of its own."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if doc.is_knative(document) and doc.annotation(document, doc.AUTOSCALER):
        yield Hit(doc.AUTOSCALER, {"annotation": str(doc.AUTOSCALER[-1])}, (Change(doc.AUTOSCALER, None),))


CHECK = Check(
    id="class-knative",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("KServe reads {annotation} in Standard mode only; Knative has a class of its own."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
