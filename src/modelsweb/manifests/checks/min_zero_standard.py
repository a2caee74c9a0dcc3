"""minReplicas 0 has no effect here: in Standard mode the autoscaler keeps one replica."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if doc.is_standard(document) and doc.annotation(document, doc.AUTOSCALER) in {"", "hpa"}:
        for path, component in doc.components(document):
            if component.get("minReplicas") == 0:
                yield Hit((*path, "minReplicas"), fix=(Change((*path, "minReplicas"), 1),))


CHECK = Check(
    id="min-zero-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("minReplicas 0 has no effect here: in Standard mode the autoscaler keeps one replica."),
    source=KSERVE + "pkg/apis/serving/v1beta1/component.go",
    look=_look,
)
