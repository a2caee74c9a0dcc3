"""A condition is False with a reason that says something, and no other rule knows more."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Remedy, Rule, on_condition
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology.service_snapshot import ServiceSnapshot

_TYPES = (
    "PredictorReady",
    "TransformerReady",
    "ExplainerReady",
    "CanaryPredictorReady",
    "PredictorRouteReady",
    "IngressReady",
    "Ready",
)
_NORMAL = {
    "",
    "MinimumReplicasAvailable",
    "MinimumReplicasUnavailable",
    "NewReplicaSetCreated",
    "ReplicaSetUpdated",
    "RevisionMissing",
    "RevisionFailed",
    "Stopped",
    "CanariesNotReady",
    "ParentStatusNotAvailable",
}
"""Reasons that a healthy start goes through."""


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for type_ in _TYPES:
        condition = snapshot.service.condition(type_)
        if condition is not None and condition.is_false and not _is_normal(condition):
            sentence = text("{condition} is not true: {message}", condition=type_, message=condition.said)
            yield on_condition(snapshot, condition, sentence=sentence)


def _is_normal(condition: Condition) -> bool:
    # Of a group on several nodes one condition tells of each: "predictor-container: X, worker-container: Y".
    reasons = [part.rpartition(": ")[2] for part in condition.reason.split(", ")]
    return all(
        reason in _NORMAL or reason.endswith(("ingress not created", "not ready", "Deployment NotReady"))
        for reason in reasons
    )


RULE = Rule(
    id="condition-false",
    rank=140,
    summary=text("A condition is False for a reason that no other rule explains."),
    check=_check,
    remedy=Remedy(
        text(
            "Correct what the message points to. If that is not part of your spec, contact the KServe administrator."
        )
    ),
)
