"""The runtime … is disabled."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.unfit_runtime import named_unfit
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import Reason


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    yield from named_unfit(document, facts, reason=Reason.DISABLED)


CHECK = Check(
    id="runtime-disabled",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("The runtime {runtime} is disabled."),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
