"""The deployment mode of a service is fixed once it runs."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import named_mode


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    live = doc.live_of(document, facts)
    was = named_mode(live.string("status", "deploymentMode")) if live else ""
    wanted = named_mode(doc.annotation(document, doc.MODE))
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
