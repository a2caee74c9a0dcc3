"""The API server refuses the pods: quota, a missing service account, a webhook, a policy."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
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
            seen = _seen(failure, now)
            yield on_deployment(
                deployment,
                failure,
                sentence=seen.sentence,
                state=seen.state,
                due=seen.due,
                remedy=seen.remedy,
            )
            return
    for component in ("Predictor", "Transformer", "Explainer"):
        condition = snapshot.service.condition(f"{component}Ready")
        if condition is not None and condition.is_false and condition.reason == "FailedCreate":
            seen = _seen(condition, now)
            yield on_condition(
                snapshot,
                condition,
                sentence=seen.sentence,
                state=seen.state,
                due=seen.due,
                remedy=seen.remedy,
            )
            return


class _Seen(NamedTuple):
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
    summary=text("The API server refuses the pods, for a quota, a missing account, a webhook or a policy."),
    check=_check,
    remedy=Remedy(text("Create the service account named in the message, or comply with the policy.")),
    supersedes=frozenset({"condition-false"}),
)
