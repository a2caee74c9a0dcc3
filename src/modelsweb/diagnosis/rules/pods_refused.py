"""The API server refuses the pods: quota, a missing service account, a webhook, a policy."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
    WITH_PODS,
    Finding,
    FindingState,
    Remedy,
    Rule,
    by_time,
    may_pass,
    on_condition,
    on_deployment,
    short,
)
from modelsweb.objects.obj import Condition
from modelsweb.text import Text, text
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for deployment in snapshot.deployments:
        failure = deployment.condition("ReplicaFailure")
        if failure is not None and failure.is_true:
            yield on_deployment(deployment, failure, **_seen(failure, now)._asdict())
            return
    for component in ("Predictor", "Transformer", "Explainer"):
        condition = snapshot.service.condition(f"{component}Ready")
        if condition is not None and condition.is_false and condition.reason == "FailedCreate":
            yield on_condition(snapshot, condition, **_seen(condition, now)._asdict())
            return


class _Seen(NamedTuple):
    """What of a finding both have in common, by the names of its arguments."""

    sentence: Text
    state: FindingState
    due: datetime | None = None
    remedy: Remedy | None = None


def _seen(condition: Condition, now: datetime) -> _Seen:
    message = short(condition.message)
    if "exceeded quota" in condition.message:
        remedy = Remedy(text("Free up quota in the namespace, or ask its owner to increase it."))
        return _Seen(text("Waiting for quota: {message}", message=message), FindingState.QUEUE, remedy=remedy)
    sentence = text("Pods cannot be created: {message}", message=message)
    if may_pass(condition.message):
        return _Seen(sentence, *by_time(condition.since, limits.WARNING, now=now))
    return _Seen(sentence, FindingState.FAULT)


RULE = Rule(
    id="pods-refused",
    rank=90,
    roots=WITH_PODS,
    summary=text("The API server refuses the pods, for a quota, a missing account, a webhook or a policy."),
    check=_check,
    remedy=Remedy(text("Create the service account named in the message, or comply with the policy.")),
    supersedes=frozenset({"condition-false"}),
)
