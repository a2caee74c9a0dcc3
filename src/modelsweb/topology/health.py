"""Whether an object of a service does what it is for, in its own words: read from its status, kind by kind.

``mood`` is what it means for the service; ``word`` and ``message`` are the object's own, verbatim. A condition of
severity Info never makes an object bad.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from modelsweb.objects.obj import Condition, Obj
from modelsweb.topology import pod as pods

_INFO = "Info"
_GOOD_WHEN_FALSE = {"Stopped", "ReplicaFailure", "ScalingLimited", "Fallback", "Paused", "ScaledToZero"}
_KNOWN_ENDS = (
    "Ready",
    "Available",
    "Healthy",
    "Initialized",
    "Scheduled",
    "Accepted",
    "Programmed",
    "Progressing",
    "Refs",
)
"""How the names of types end that are meant to be true; what a type that nobody knows means is not ours to say."""
_OF_SCALING = {"ScalingActive", "AbleToScale"}
"""While an autoscaler has no metrics, the replicas that are there serve on."""
_NEUTRAL_TYPES = {"ScalingLimited", "Active"}


class Mood(StrEnum):
    """What the state of something means for its user."""

    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Health:
    """An object's state; empty strings where it says nothing."""

    mood: Mood
    word: str = ""
    message: str = ""


def conditions(obj: Obj) -> Iterator[Condition]:
    """The conditions of any object, those of an HTTPRoute's parents included."""
    yield from obj.conditions()
    for parent in obj.items("status", "parents"):
        yield from Obj({"status": parent}).conditions()


def mood_of(condition: Condition) -> Mood:
    """What a condition's value means, whatever its type."""
    if condition.type in _GOOD_WHEN_FALSE:
        return Mood.GOOD if condition.is_false else Mood.WAITING
    if condition.is_true:
        return Mood.GOOD
    if condition.type in _OF_SCALING and condition.is_false:
        return Mood.WAITING
    if condition.severity == _INFO or condition.type in _NEUTRAL_TYPES or condition.reason == "Stopped":
        return Mood.NEUTRAL
    if not condition.type.endswith((*_KNOWN_ENDS, "Active")):
        return Mood.NEUTRAL
    return Mood.BAD if condition.is_false else Mood.WAITING


def health(obj: Obj) -> Health:
    """The health of an object by its kind; of a kind that is not known here by its Ready condition."""
    match obj.kind:
        case "Pod":
            return _pod(obj)
        case "ReplicaSet":
            return _replicas(obj, obj.integer("status", "readyReplicas") or 0)
        case "Deployment":
            return _deployment(obj)
        case "HorizontalPodAutoscaler" | "ScaledObject":
            return _worst(obj)
        case "HTTPRoute":
            return _worst(obj) if list(conditions(obj)) else Health(Mood.WAITING)
        case "Revision":
            return _revision(obj)
    ready = obj.condition("Ready")
    if ready is None:
        return Health(Mood.NEUTRAL)
    return Health(mood_of(ready), ready.reason or ready.status, ready.message)


def _pod(pod: Obj) -> Health:
    word = pods.word(pod)
    if pod.deleted is not None:
        return Health(Mood.WAITING, word)
    if pods.is_ready(pod) or pod.string("status", "phase") == "Succeeded":
        return Health(Mood.GOOD, word)
    failure = next((one.failure for one in pods.containers(pod) if one.failure is not None), None)
    if failure is not None or pod.string("status", "phase") == "Failed":
        return Health(Mood.BAD, word, failure.message if failure else pod.string("status", "message"))
    if any(one.waiting in pods.BROKEN for one in pods.containers(pod)):
        return Health(
            Mood.BAD, word, next((c.waiting_message for c in pods.containers(pod) if c.waiting), "")
        )
    scheduled = pod.condition("PodScheduled")
    return Health(Mood.WAITING, word, scheduled.message if scheduled and scheduled.is_false else "")


def _replicas(obj: Obj, ready: int) -> Health:
    wanted = obj.integer("spec", "replicas")
    wanted = 1 if wanted is None else wanted
    mood = Mood.NEUTRAL if wanted == 0 else Mood.GOOD if ready >= wanted else Mood.WAITING
    return Health(mood, f"{ready}/{wanted}")


def _deployment(obj: Obj) -> Health:
    state = _replicas(obj, obj.integer("status", "readyReplicas") or 0)
    for type_ in ("ReplicaFailure", "Progressing", "Available"):
        condition = obj.condition(type_)
        is_bad = condition is not None and (
            condition.is_true if type_ == "ReplicaFailure" else condition.is_false
        )
        if condition is not None and is_bad and state.mood is not Mood.NEUTRAL:
            mood = Mood.WAITING if type_ == "Available" else Mood.BAD
            return Health(mood, f"{state.word} {condition.reason}".strip(), condition.message)
    return state


def _revision(obj: Obj) -> Health:
    ready, active = obj.condition("Ready"), obj.condition("Active")
    if ready is not None and ready.is_true and active is not None and active.is_false:
        return Health(Mood.NEUTRAL, active.reason or "Inactive", active.message)
    if ready is None:
        return Health(Mood.WAITING)
    return Health(mood_of(ready), ready.reason or ready.status, ready.message)


def _worst(obj: Obj) -> Health:
    """By the worst of its conditions."""
    order = (Mood.BAD, Mood.WAITING, Mood.GOOD, Mood.NEUTRAL)
    found = sorted(conditions(obj), key=lambda condition: order.index(mood_of(condition)))
    if not found:
        return Health(Mood.NEUTRAL)
    return Health(mood_of(found[0]), found[0].reason, found[0].message)
