"""What rules are, and what they find: one thing that is not as it should be, the object at fault, and the evidence."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from modelsweb.diagnosis.last_words import cause
from modelsweb.kinds import (
    DEPLOYMENT,
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    KINDS,
    LLM_INFERENCE_SERVICE,
    POD,
    ROOTS,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Condition, Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.text import Text
from modelsweb.topology import pod as pods
from modelsweb.topology.service_snapshot import Event, ServiceSnapshot


class FindingState(StrEnum):
    """How it stands with what was found."""

    FAULT = "fault"
    """It will not heal by itself."""
    QUEUE = "queue"
    """It waits for hardware or quota."""
    DELAY = "delay"
    """A start that is not done; nothing is wrong yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a finding was seen: a field of an object by its path, an event about it, or the last output of a container."""

    ref: ObjectRef
    field: str = ""
    event: Event | None = None
    container: str = ""


@dataclass(frozen=True, slots=True)
class FieldPatch:
    """One field of the root object, and the value that mends it."""

    path: tuple[str, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about it, in one sentence, and the change to the root object that does it, where one is known."""

    text: Text
    patch: tuple[FieldPatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. ``object`` is at fault, ``container`` the one in a pod; ``since`` is when it began, ``due`` when the
    rule may come to another answer though no object changed.

    The engine fills in ``rule`` and ``rank``, and the rule's ``remedy`` where the finding has none of its own.
    """

    object: ObjectRef
    state: FindingState
    sentence: Text
    evidence: tuple[Evidence, ...]
    component: str = "predictor"
    version: str = ""
    container: str = ""
    since: datetime | None = None
    due: datetime | None = None
    remedy: Remedy | None = None
    rule: str = ""
    rank: int = 0

    @property
    def kind(self) -> str:
        """The kind of the object at fault, such as ``Pod``."""
        return _NAMES[self.object.kind]

    @property
    def name(self) -> str:
        """The name of the object at fault."""
        return self.object.name


Check = Callable[[ServiceSnapshot, datetime], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which root objects fail.

    ``id`` is stable and never used again. ``rank`` orders rules by trust: what has a lower one names the cause. ``check``
    yields what it finds, the worst first; it looks at evidence only: whether the service still serves is the verdict's
    question. ``needs`` are the kinds of members without which it cannot tell anything. What ``supersedes`` names is not
    shown beside it: the ids of rules that see the same from further away.
    """

    id: str
    rank: int
    summary: Text
    check: Check
    remedy: Remedy
    roots: tuple[Kind, ...] = (INFERENCE_SERVICE,)
    needs: tuple[Kind, ...] = ()
    supersedes: frozenset[str] = frozenset()


WITH_PODS = (INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, INFERENCE_GRAPH)
"""The roots for which pods are made."""
_NAMES = {kind.full_name: kind.kind for kind in KINDS}
_ROOTS = {kind.kind: kind for kind in ROOTS}
_PASSING = re.compile(
    r"timed?[ -]?out|deadline exceeded|connection (?:refused|reset)|temporar|unavailable|too ?many ?requests|no such host"
    r"|tls handshake|\beof\b|failed calling webhook|service is down|try again",
    re.IGNORECASE,
)
_LONGEST_SAID = 10_000
_COMPONENTS = {"TransformerReady": "transformer", "ExplainerReady": "explainer"}
"""Conditions that are of one component; the others are the predictor's, or of the whole."""


def short(message: str, maximum: int = 400) -> str:
    """The telling part of what a program said, not more than ``maximum`` characters."""
    said = cause(message)
    return said if len(said) <= maximum else said[: maximum - 1] + "…"


def may_pass(message: str) -> bool:
    """What a program said of a failure tells of a network or a service that may come back by itself."""
    return _PASSING.search(message[:_LONGEST_SAID]) is not None


def by_time(
    since: datetime | None, limit: timedelta, *, now: datetime
) -> tuple[FindingState, datetime | None]:
    """A fault once something has lasted longer than its limit, a delay before; and when that may change."""
    if since is not None and now - since >= limit:
        return FindingState.FAULT, None
    return FindingState.DELAY, None if since is None else since + limit


def waits_since(snapshot: ServiceSnapshot, pod: Obj, *ready_for_it: str) -> datetime | None:
    """Since when a pod waits for something: since its conditions of these types are true, and where others of its version
    waited before it, since the first of those was made."""
    began = snapshot.began(pod)
    return began if began != pod.created else pods.prepared_since(pod, *ready_for_it) or began


def on_service(
    snapshot: ServiceSnapshot,
    sentence: Text,
    *,
    field: str = "",
    event: Event | None = None,
    state: FindingState = FindingState.FAULT,
    component: str = "predictor",
    since: datetime | None = None,
    due: datetime | None = None,
    remedy: Remedy | None = None,
) -> Finding:
    """A finding about the service itself, seen in a field of it or in an event about it."""
    ref = _ref(_ROOTS.get(snapshot.service.kind, INFERENCE_SERVICE), snapshot.service)
    return Finding(
        object=ref,
        state=state,
        sentence=sentence,
        evidence=_evidence(ref, field, event=event),
        component=component,
        since=since,
        due=due,
        remedy=remedy,
    )


def on_condition(
    snapshot: ServiceSnapshot,
    condition: Condition,
    *,
    sentence: Text,
    state: FindingState = FindingState.FAULT,
    component: str = "",
    since: datetime | None = None,
    due: datetime | None = None,
    remedy: Remedy | None = None,
) -> Finding:
    """A finding that a condition of the service tells of, since the condition is so where nothing else is known."""
    return on_service(
        snapshot,
        sentence,
        field=_field(condition),
        state=state,
        component=component or _COMPONENTS.get(condition.type, "predictor"),
        since=since or condition.since,
        due=due,
        remedy=remedy,
    )


def on_deployment(
    deployment: Obj,
    condition: Condition,
    *,
    sentence: Text,
    state: FindingState = FindingState.FAULT,
    due: datetime | None = None,
    remedy: Remedy | None = None,
) -> Finding:
    """A finding that a condition of a Deployment tells of."""
    ref = _ref(DEPLOYMENT, deployment)
    return Finding(
        object=ref,
        state=state,
        sentence=sentence,
        evidence=(Evidence(ref=ref, field=_field(condition)),),
        component=pods.component(deployment),
        since=condition.since,
        due=due,
        remedy=remedy,
    )


def on_pod(
    pod: Obj,
    sentence: Text,
    *,
    field: str = "",
    event: Event | None = None,
    state: FindingState = FindingState.FAULT,
    container: str = "",
    since: datetime | None = None,
    due: datetime | None = None,
    remedy: Remedy | None = None,
) -> Finding:
    """A finding about a pod, or a container of it; since the pod was made, where nothing else is known."""
    ref = _ref(POD, pod)
    return Finding(
        object=ref,
        state=state,
        sentence=sentence,
        evidence=_evidence(ref, field, event=event, container=container),
        component=pods.component(pod),
        version=pods.version(pod),
        container=container,
        since=since or pod.created,
        due=due,
        remedy=remedy,
    )


def _ref(kind: Kind, obj: Obj) -> ObjectRef:
    return ObjectRef(kind.full_name, obj.namespace, obj.name)


def _field(condition: Condition) -> str:
    return f"status.conditions[{condition.type}]"


def _evidence(
    ref: ObjectRef, field: str, *, event: Event | None, container: str = ""
) -> tuple[Evidence, ...]:
    found = [Evidence(ref=ref, field=field, container=container)] if field or not event else []
    return (*found, *((Evidence(ref=ref, event=event),) if event is not None else ()))
