"""A service with workers reads its model from pvc:// or oci:// only."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    uri = document.string(*doc.MODEL, "storageUri")
    if document.mapping(*doc.PREDICTOR).get("workerSpec") is not None and not uri.startswith(
        ("pvc://", "oci://")
    ):
        yield Hit((*doc.MODEL, "storageUri") if uri else doc.MODEL)


CHECK = Check(
    id="worker-storage",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("A service with workers reads its model from pvc:// or oci:// only."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
