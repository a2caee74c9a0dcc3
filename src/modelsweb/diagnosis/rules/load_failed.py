"""KServe says that the model could not be loaded. The pods would tell more, but may be gone or not ours to read."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Remedy, Rule, on_service, short
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

_KILLED = 137


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    service = snapshot.service
    if snapshot.is_read and snapshot.heads("predictor") and not predictor.is_model_mesh(service):
        return  # they tell how it is now; KServe writes such a failure down late and never takes it back
    is_blocked = service.string("status", "modelStatus", "transitionStatus") == "BlockedByFailedLoad"
    if is_blocked and service.mapping("status", "modelStatus", "lastFailureInfo"):
        yield on_service(snapshot, _sentence(snapshot), field="status.modelStatus.lastFailureInfo")


def _sentence(snapshot: ServiceSnapshot) -> Text:
    said = short(snapshot.service.string("status", "modelStatus", "lastFailureInfo", "message"))
    code = snapshot.service.integer("status", "modelStatus", "lastFailureInfo", "exitCode") or 0
    if said:
        return text("The model cannot be loaded: {message}", message=said)
    if code == _KILLED:
        return text(
            "The model server was killed (exit code {code}), most often because it needs more memory.",
            code=code,
        )
    if code:
        return text("The model server exited with code {code}. Check its log for the cause.", code=code)
    return text("The model cannot be loaded. KServe reports no reason; the pod logs may show it.")


RULE = Rule(
    id="load-failed",
    rank=120,
    summary=text("KServe reports that loading failed, and no pod is there to say more."),
    check=_check,
    remedy=Remedy(text("Read the log of the model server, then correct the model or its settings.")),
)
