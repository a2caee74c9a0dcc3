"""The model has no modelFormat, so no runtime can be chosen for it."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping(*doc.PREDICTOR).get("model")
    if isinstance(given, dict) and not Obj(given).string("modelFormat", "name"):
        yield Hit(doc.MODEL)


CHECK = Check(
    id="format-missing",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("The model has no modelFormat, so no runtime can be chosen for it."),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
