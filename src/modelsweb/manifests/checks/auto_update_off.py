"""With … KServe skips the service once it is ready: later changes never reach its pods."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_OFF = "serving.kserve.io/disable-auto-update"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    path = ("metadata", "annotations", _OFF)
    if document.annotation(_OFF) == "true":
        yield Hit(path, {"annotation": _OFF}, (Change(path, None),))


CHECK = Check(
    id="auto-update-off",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "With {annotation} KServe skips the service once it is ready: later changes never reach its pods."
    ),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/controller.go",
    look=_look,
)
