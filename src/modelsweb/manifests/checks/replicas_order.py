"""minReplicas … is greater than maxReplicas …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        least, most = component.get("minReplicas"), component.get("maxReplicas")
        if isinstance(least, int) and isinstance(most, int) and most and least > most:
            yield Hit((*path, "minReplicas"), {"min": least, "max": most})


CHECK = Check(
    id="replicas-order",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("minReplicas {min} is greater than maxReplicas {max}."),
    source=KSERVE + "pkg/apis/serving/v1beta1/component.go",
    look=_look,
)
