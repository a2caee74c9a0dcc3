"""The deployment mode of a service is fixed once it runs."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import mode, named_mode


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.live is None or (facts.live.kind, facts.live.name) != (document.kind, document.name):
        return
    was, wanted = named_mode(facts.live.string("status", "deploymentMode")), mode(document)
    if was and wanted and was != wanted:
        yield Hit(doc.MODE, {"was": was, "wanted": wanted}, (Change(doc.MODE, was),))


CHECK = Check(
    id="mode-change",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "The service runs in {was} mode, and stays in it: every update that says {wanted} is refused."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
