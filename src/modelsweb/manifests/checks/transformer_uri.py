"""STORAGE_URI is not allowed in transformer-container; give the predictor its storageUri."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, container in doc.containers(document):
        for number, name, _ in doc.environment(container):
            if container.get("name") == "transformer-container" and name == "STORAGE_URI":
                yield Hit((*path, "env", number))


CHECK = Check(
    id="transformer-uri",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("STORAGE_URI is not allowed in transformer-container; give the predictor its storageUri."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
