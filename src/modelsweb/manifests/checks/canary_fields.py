"""A canary cannot set …: it follows the stable version in that."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_FORBIDDEN = ("maxReplicas", "scaleTarget", "scaleMetric", "autoScaling", "workerSpec")


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for number, one in enumerate(document.items("spec", "canary")):
        for name in _FORBIDDEN:
            path = ("spec", "canary", number, "predictor", name)
            if Obj(one).mapping("predictor").get(name) is not None:
                yield Hit(path, {"field": name}, (Change(path, None),))


CHECK = Check(
    id="canary-fields",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("A canary cannot set {field}: it follows the stable version in that."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
