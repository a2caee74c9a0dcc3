"""… is no class of autoscaler. KServe knows hpa, keda, external and none."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = doc.annotation(document, doc.AUTOSCALER)
    if given and given not in {"hpa", "keda", "external", "none"} and doc.is_standard(document):
        yield Hit(doc.AUTOSCALER, {"class_": given})


CHECK = Check(
    id="autoscaler-class",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("{class_} is no class of autoscaler. KServe knows hpa, keda, external and none."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
