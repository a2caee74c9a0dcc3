"""Nothing reads the annotation …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_DEAD = {
    "serving.kserve.io/metric",
    "serving.kserve.io/metrics",
    "serving.kserve.io/targetUtilizationPercentage",
}


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for key in document.mapping("metadata", "annotations"):
        if key in _DEAD or str(key).startswith("serving.kserve.io/logger-secret-"):
            path = ("metadata", "annotations", str(key))
            yield Hit(path, {"annotation": str(key)}, (Change(path, None),))


CHECK = Check(
    id="dead-annotation",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("Nothing reads the annotation {annotation}."),
    source=KSERVE + "pkg/constants/constants.go",
    look=_look,
)
