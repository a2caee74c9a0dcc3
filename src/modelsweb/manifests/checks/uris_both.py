"""Setting both storageUri and storageUris is refused."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if document.mapping(*doc.MODEL).get("storageUri") and document.mapping(*doc.PREDICTOR).get("storageUris"):
        yield Hit((*doc.PREDICTOR, "storageUris"))


CHECK = Check(
    id="uris-both",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("Setting both storageUri and storageUris is refused."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
