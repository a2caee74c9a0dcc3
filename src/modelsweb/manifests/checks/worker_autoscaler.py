"""A service with workers cannot be scaled automatically: the annotation … must be none."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if (
        document.mapping(*doc.PREDICTOR).get("workerSpec") is not None
        and doc.annotation(document, doc.AUTOSCALER) != "none"
    ):
        yield Hit(
            (*doc.PREDICTOR, "workerSpec"),
            {"annotation": str(doc.AUTOSCALER[-1])},
            (Change(doc.AUTOSCALER, "none"),),
        )


CHECK = Check(
    id="worker-autoscaler",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "A service with workers cannot be scaled automatically: the annotation {annotation} must be none."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
