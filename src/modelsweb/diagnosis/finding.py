"""What a rule found: one thing that is not as it should be, and the object at fault."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from modelsweb.diagnosis.last_words import cause
from modelsweb.objects.obj import Condition, Obj
from modelsweb.text import Text
from modelsweb.topology import pod as pods
from modelsweb.topology.family import Family


class Severity(StrEnum):
    """How bad it is."""

    FAULT = "fault"
    """It will not heal by itself."""
    QUEUE = "queue"
    """It waits for hardware or quota."""
    DELAY = "delay"
    """A start that is not done; nothing is wrong yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``kind`` and ``name`` are the object at fault, ``container`` the one in a pod; ``since`` is when
    it began, ``due`` when the rule may come to another answer though no object changed.
    """

    rule: str
    severity: Severity
    sentence: Text
    kind: str
    name: str
    component: str = "predictor"
    version: str = ""
    container: str = ""
    since: datetime | None = None
    due: datetime | None = None
    remedy: Text | None = None
    """What to do about it, where that is not the rule's."""


_PASSING = re.compile(
    r"timed?[ -]?out|deadline exceeded|connection (?:refused|reset)|temporar|unavailable|too ?many ?requests|no such host"
    r"|tls handshake|\beof\b|failed calling webhook|service is down|try again",
    re.IGNORECASE,
)
_LONGEST_SAID = 10_000
_COMPONENTS = {"TransformerReady": "transformer", "ExplainerReady": "explainer"}
"""Conditions that are of one component; the others are the predictor's, or of the whole."""

Check = Callable[[Family, datetime], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which services fail. ``id`` is stable and never used again; ``summary`` stands for all that it finds.

    ``check`` yields what it finds, the worst first. Rules look at evidence only: whether the service still serves is
    the verdict's question.
    """

    id: str
    summary: Text
    check: Check
    remedy: Text
    """What to do about it, in one sentence."""


def on_service(rule: str, family: Family, sentence: Text) -> Finding:
    """A fault of the service itself."""
    return Finding(rule, Severity.FAULT, sentence, "InferenceService", family.service.name)


def short(message: str, most: int = 400) -> str:
    """The telling part of what a program said, not more than ``most`` characters."""
    said = cause(message)
    return said if len(said) <= most else said[: most - 1] + "…"


def may_pass(message: str) -> bool:
    """What a program said of a failure tells of a network or a service that may come back by itself."""
    return _PASSING.search(message[:_LONGEST_SAID]) is not None


def by_time(since: datetime | None, limit: timedelta, now: datetime) -> tuple[Severity, datetime | None]:
    """A fault once something has lasted longer than its limit, a delay before; and when that may change."""
    if since is not None and now - since >= limit:
        return Severity.FAULT, None
    return Severity.DELAY, None if since is None else since + limit


def waits_since(family: Family, pod: Obj, *ready_for_it: str) -> datetime | None:
    """Since when a pod waits for something: since its conditions of these types are true, and where others of its version
    waited before it, since the first of those was made."""
    began = family.began(pod)
    return began if began != pod.created else pods.prepared_since(pod, *ready_for_it) or began


def on_condition(rule: str, family: Family, condition: Condition, sentence: Text) -> Finding:
    """A fault that a condition of the service tells of."""
    return Finding(
        rule,
        Severity.FAULT,
        sentence,
        "InferenceService",
        family.service.name,
        component=_COMPONENTS.get(condition.type, "predictor"),
        since=condition.since,
    )


def on_pod(
    rule: str,
    severity: Severity,
    pod: Obj,
    sentence: Text,
    *,
    container: str = "",
    since: datetime | None = None,
    due: datetime | None = None,
    remedy: Text | None = None,
) -> Finding:
    """A finding about a pod, or a container of it; since the pod was made, where nothing else is known."""
    return Finding(
        rule,
        severity,
        sentence,
        "Pod",
        pod.name,
        component=pods.component(pod),
        version=pods.version(pod),
        container=container,
        since=since or pod.created,
        due=due,
        remedy=remedy,
    )
