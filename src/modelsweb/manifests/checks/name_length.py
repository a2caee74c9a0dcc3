"""The name is too long by …: KServe makes … of it, and fails after the service was accepted."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    child = doc.longest_child(document, facts.namespace or document.namespace)
    if len(child) > doc.LONGEST_CHILD:
        yield Hit(("metadata", "name"), {"over": len(child) - doc.LONGEST_CHILD, "child": child})


CHECK = Check(
    id="name-length",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "The name is too long by {over}: KServe makes {child} of it, and fails after the service was accepted."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
