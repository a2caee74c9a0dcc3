"""… stops the service only with the value true; … does nothing."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.stop import STOP


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping("metadata", "annotations").get(STOP)
    if given is not None and str(given).lower() not in {"true", "false"}:
        path = ("metadata", "annotations", STOP)
        yield Hit(path, {"annotation": STOP, "value": str(given)}, (Change(path, "true"),))


CHECK = Check(
    id="stop-value",
    level=Level.IGNORED,
    kinds=("InferenceService", "InferenceGraph", "LLMInferenceService"),
    sentence=text("{annotation} stops the service only with the value true; {value} does nothing."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/utils/utils.go",
    look=_look,
)
