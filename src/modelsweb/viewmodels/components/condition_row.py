"""A condition as pages show it: its own words, and ours on what they mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Condition
from modelsweb.text import Text, text
from modelsweb.topology.health import Mood, mood_of
from modelsweb.viewmodels.components.age import Age, age

_FAULTY = {Status.FAILED, Status.DEGRADED}
_NO_CAUSE = {
    "Predictor ingress not created",
    "Transformer ingress not created",
    "Explainer ingress not created",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """A condition, and what its value means for the user."""

    type: str
    status: str
    mood: Mood
    reason: str
    message: str
    meaning: Text | None
    age: Age


def condition_rows(
    conditions: Iterable[Condition], status: Status, *, now: datetime
) -> tuple[ConditionRow, ...]:
    """The rows. While the service as a whole is not at fault, nothing in it is called bad."""
    return tuple(
        ConditionRow(
            type=one.type,
            status=one.status,
            mood=_mood(one, status),
            reason=one.reason,
            message=one.message,
            meaning=_meaning(one),
            age=age(one.since, now),
        )
        for one in conditions
    )


def _mood(condition: Condition, status: Status) -> Mood:
    mood = mood_of(condition)
    if condition.type == "Stopped" and condition.is_true:
        return Mood.NEUTRAL  # as was wanted
    if status in _FAULTY and condition.is_false and mood is Mood.NEUTRAL and condition.reason != "Stopped":
        return Mood.BAD if condition.type.endswith("Ready") else Mood.NEUTRAL
    return Mood.WAITING if mood is Mood.BAD and status not in _FAULTY else mood


def _meaning(condition: Condition) -> Text | None:
    if condition.type == "Stopped" and condition.is_false:
        return text("Expected: the service is not stopped.")
    if condition.type == "ScalingLimited" and condition.is_true:
        return text("The number of replicas is at a limit of its range.")
    if condition.reason in _NO_CAUSE:
        return text("Expected while a component is not ready. It does not show the cause.")
    match condition.reason:
        case "MinimumReplicasUnavailable":
            return text("No replica is ready yet.")
        case "RevisionMissing":
            return text("No revision is ready yet.")
        case "NoTraffic":
            return text("Scaled to zero: no requests for a while.")
        case "RolloutInProgress":
            return text("Traffic is shifting to the new revision.")
    return None
