"""The API server refuses the pods: quota, a missing service account, a webhook, a policy."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, Severity, by_time, may_pass, short
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology.family import Family

_ID = "pods-refused"


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for deployment in family.deployments:
        failure = deployment.condition("ReplicaFailure")
        if failure is not None and failure.is_true:
            component = deployment.labels.get("component", "predictor")
            yield _finding(failure, "Deployment", deployment.name, component, now)
            return
    for component in ("Predictor", "Transformer", "Explainer"):
        condition = family.service.condition(f"{component}Ready")
        if condition is not None and condition.is_false and condition.reason == "FailedCreate":
            yield _finding(condition, "InferenceService", family.service.name, component.lower(), now)
            return


def _finding(condition: Condition, kind: str, name: str, component: str, now: datetime) -> Finding:
    message, due, remedy = short(condition.message), None, None
    if "exceeded quota" in condition.message:
        sentence, severity = text("Waiting for quota: {message}", message=message), Severity.QUEUE
        remedy = text("Free up quota in the namespace, or ask its owner to increase it.")
    else:
        sentence, severity = text("Pods cannot be created: {message}", message=message), Severity.FAULT
        if may_pass(condition.message):
            severity, due = by_time(condition.since, limits.WARNING, now)
    return Finding(
        _ID,
        severity,
        sentence,
        kind,
        name,
        component=component,
        since=condition.since,
        due=due,
        remedy=remedy,
    )


RULE = Rule(
    _ID,
    text("The API server refuses the pods, for a quota, a missing account, a webhook or a policy."),
    _check,
    text("Create the service account named in the message, or comply with the policy."),
)
