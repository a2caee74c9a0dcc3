"""The label … does not hide the service in … mode: it stays public."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_KNATIVE = "networking.knative.dev/visibility"
_STANDARD = "networking.kserve.io/visibility"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for label, is_wrong in ((_KNATIVE, doc.is_standard(document)), (_STANDARD, doc.is_knative(document))):
        if is_wrong and label in document.labels:
            path = ("metadata", "labels", label)
            right = ("metadata", "labels", _STANDARD if label == _KNATIVE else _KNATIVE)
            values = {"label": label, "mode": "Standard" if label == _KNATIVE else "Knative"}
            yield Hit(path, values, (Change(path, None), Change(right, document.labels[label])))


CHECK = Check(
    id="visibility-label",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("The label {label} does not hide the service in {mode} mode: it stays public."),
    source=KSERVE + "pkg/constants/constants.go",
    look=_look,
)
