"""With the HPA, scaleTarget is a share in percent, 1 to 100; … is refused."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        target = component.get("scaleTarget")
        is_checked = doc.is_standard(document) and doc.annotation(document, doc.AUTOSCALER) == "hpa"
        if is_checked and isinstance(target, int) and not 1 <= target <= 100:
            yield Hit((*path, "scaleTarget"), {"target": target})


CHECK = Check(
    id="target-percent",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("With the HPA, scaleTarget is a share in percent, 1 to 100; {target} is refused."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
