"""A Deployment has not made progress within its deadline, and no pod says why."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Rule, Severity
from modelsweb.text import text
from modelsweb.topology.family import Family
from modelsweb.topology.pod import at_work, is_being_made
from modelsweb.topology.pod import component as component_of

_ID = "deadline-exceeded"


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for deployment in family.deployments:
        progressing = deployment.condition("Progressing")
        if _is_at_work(family, component_of(deployment)):
            continue
        if progressing and progressing.is_false and progressing.reason == "ProgressDeadlineExceeded":
            yield Finding(
                _ID,
                Severity.FAULT,
                text("Did not start in time: {message}", message=progressing.message),
                "Deployment",
                deployment.name,
                component=component_of(deployment),
                since=progressing.since,
            )
    condition = family.service.condition("PredictorReady")
    is_over = condition is not None and condition.reason == "ProgressDeadlineExceeded"
    if condition and condition.is_false and is_over and not _is_at_work(family, "predictor"):
        yield Finding(
            _ID,
            Severity.FAULT,
            text("Did not start in time: {message}", message=condition.message),
            "InferenceService",
            family.service.name,
            since=condition.since,
        )


def _is_at_work(family: Family, component: str) -> bool:
    """A pod of it pulls, downloads or loads: it is slow, which no deadline makes a fault."""
    return any(at_work(pod) is not None or is_being_made(pod) for pod in family.heads(component))


RULE = Rule(
    _ID,
    text("A version did not become ready within its progress deadline."),
    _check,
    text("Check its pods and events to see what they are waiting for."),
)
