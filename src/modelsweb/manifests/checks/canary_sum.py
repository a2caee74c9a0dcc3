"""The canaries take … percent of the requests together; at most 100 can be given."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    shares = [one.get("trafficPercent") for one in document.items("spec", "canary")]
    total = sum(one for one in shares if isinstance(one, int))
    if total > 100:
        yield Hit(("spec", "canary"), {"sum": total})


CHECK = Check(
    id="canary-sum",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("The canaries take {sum} percent of the requests together; at most 100 can be given."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
