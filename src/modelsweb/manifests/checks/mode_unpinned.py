"""The cluster's default mode changed after the service was made, and nothing in the service says which mode is meant."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import named_mode

_WRITTEN = ("Standard", "ModelMesh")
"""Default modes that KServe writes into a service without one when it is saved; Knative it does not write."""


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    live = doc.live_of(document, facts)
    was = named_mode(live.string("status", "deploymentMode")) if live else ""
    default = facts.default_mode
    if was and not doc.annotation(document, doc.MODE) and default in _WRITTEN and default != was:
        yield Hit(("metadata",), {"was": was, "default": default}, (Change(doc.MODE, was),))


CHECK = Check(
    id="mode-unpinned",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "The service runs in {was} mode and the cluster's default is {default} by now: every update is refused until the annotation says {was}."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_defaults.go",
    look=_look,
)
