"""A Deployment has not made progress within its deadline, and no pod says why."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import WITH_PODS, Finding, Remedy, Rule, on_condition, on_deployment
from modelsweb.objects.obj import Condition
from modelsweb.text import Text, text
from modelsweb.topology.pod import at_work, is_being_made
from modelsweb.topology.pod import component as component_of
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for deployment in snapshot.deployments:
        progressing = deployment.condition("Progressing")
        if _is_at_work(snapshot, component_of(deployment)):
            continue
        if progressing and progressing.is_false and progressing.reason == "ProgressDeadlineExceeded":
            yield on_deployment(deployment, progressing, sentence=_sentence(progressing))
    condition = snapshot.service.condition("PredictorReady")
    is_over = condition is not None and condition.reason == "ProgressDeadlineExceeded"
    if condition and condition.is_false and is_over and not _is_at_work(snapshot, "predictor"):
        yield on_condition(snapshot, condition, sentence=_sentence(condition))


def _sentence(condition: Condition) -> Text:
    return text("Did not start in time: {message}", message=condition.message)


def _is_at_work(snapshot: ServiceSnapshot, component: str) -> bool:
    """A pod of it pulls, downloads or loads: it is slow, which no deadline makes a fault."""
    return any(at_work(pod) is not None or is_being_made(pod) for pod in snapshot.heads(component))


RULE = Rule(
    id="deadline-exceeded",
    rank=130,
    roots=WITH_PODS,
    summary=text("A version did not become ready within its progress deadline."),
    check=_check,
    remedy=Remedy(text("Check its pods and events to see what they are waiting for.")),
    supersedes=frozenset({"condition-false"}),
)
