"""Nothing reads … in Standard mode: it speaks to Knative."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for key in document.mapping("metadata", "annotations"):
        if doc.is_standard(document) and str(key).startswith("autoscaling.knative.dev/"):
            path = ("metadata", "annotations", str(key))
            yield Hit(path, {"annotation": str(key)}, (Change(path, None),))


CHECK = Check(
    id="knative-annotation-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("Nothing reads {annotation} in Standard mode: it speaks to Knative."),
    source="https://knative.dev/docs/serving/autoscaling/",
    look=_look,
)
