"""A Deployment has not made progress within its deadline, and no pod says why."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Rule, Severity
from modelsweb.text import text
from modelsweb.topology.family import Family

_ID = "deadline-exceeded"


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for deployment in family.deployments:
        progressing = deployment.condition("Progressing")
        if progressing and progressing.is_false and progressing.reason == "ProgressDeadlineExceeded":
            yield Finding(
                _ID,
                Severity.FAULT,
                text("It did not start in time: {message}", message=progressing.message),
                "Deployment",
                deployment.name,
                component=deployment.labels.get("component", "predictor"),
                since=progressing.since,
            )
    condition = family.service.condition("PredictorReady")
    if condition and condition.is_false and condition.reason == "ProgressDeadlineExceeded":
        yield Finding(
            _ID,
            Severity.FAULT,
            text("It did not start in time: {message}", message=condition.message),
            "InferenceService",
            family.service.name,
            since=condition.since,
        )


RULE = Rule(_ID, "A version did not become ready within its progress deadline.", _check)
