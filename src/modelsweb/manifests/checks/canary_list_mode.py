"""spec.canary works in Standard mode only, and the annotation … must say so."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if document.mapping("spec").get("canary") and not doc.is_standard(document):
        yield Hit(("spec", "canary"), {"annotation": str(doc.MODE[-1])}, (Change(doc.MODE, "Standard"),))


CHECK = Check(
    id="canary-list-mode",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("spec.canary works in Standard mode only, and the annotation {annotation} must say so."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
