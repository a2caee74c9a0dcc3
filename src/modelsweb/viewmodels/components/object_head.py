"""What all tabs of an object's page show at their top."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelsweb.diagnosis.finding import WITH_PODS
from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import EVENT, INFERENCE_GRAPH, LLM_INFERENCE_SERVICE, POD
from modelsweb.objects.snapshot import Snapshot
from modelsweb.text import Text
from modelsweb.topology.health import Mood
from modelsweb.topology.service_snapshot import Event, events
from modelsweb.topology.stop import is_stopped
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.judged import JudgedObject
from modelsweb.viewmodels.components.metrics_tab import MetricsTab
from modelsweb.viewmodels.components.object_row import health_of
from modelsweb.viewmodels.components.rights import Rights
from modelsweb.viewmodels.components.service_form import parts

STOPPABLE = (LLM_INFERENCE_SERVICE, INFERENCE_GRAPH)
"""The kinds that KServe stops and starts by their annotation, beside InferenceServices."""


def events_of(snapshot: Snapshot) -> tuple[Event, ...] | None:
    """The events of an object and of what it owns, newest first; None where the user may not see them."""
    return events(snapshot.members[EVENT]) if EVENT in snapshot.members else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectHead:
    """Identity and state. ``warnings`` is None where the user may not see events."""

    kind: str
    plural: str
    title: Text
    namespace: str
    name: str
    mood: Mood
    state: str
    status: Status | None
    """Of a kind that is judged; its own words do not count then."""
    rights: Rights
    has_pods: bool
    """It is of a kind that has pods of its own."""
    metrics_tab: MetricsTab
    pods: int | None
    """None where they may not be seen."""
    parts: Mapping[str, Text]
    """What can be changed in place, by the name in the address."""
    can_copy: bool
    can_edit: bool
    can_stop: bool
    can_delete: bool
    """What of it the user may do, and the kind allows."""
    is_stopped: bool
    age: Age
    warnings: int | None
    live: Live


def head(judged: JudgedObject) -> ObjectHead:
    """The head of an object's page."""
    snapshot = judged.seen
    kind, root = snapshot.kind, snapshot.root
    state = health_of(root)
    is_there = root.deleted is None
    seen = events_of(snapshot)
    return ObjectHead(
        kind=kind.kind,
        plural=kind.plural,
        title=kind.title or Text(kind.kind),
        namespace=root.namespace,
        name=root.name,
        mood=state.mood,
        state=state.word,
        status=judged.verdict.status if judged.verdict is not None else None,
        rights=judged.rights,
        has_pods=kind in WITH_PODS,
        metrics_tab=judged.metrics_tab,
        pods=len(snapshot.members[POD]) if POD in snapshot.members else None,
        parts=parts(root),
        can_copy=judged.rights.create and kind.creatable,
        can_edit=judged.rights.patch and is_there and kind.creatable,
        can_stop=judged.rights.patch and is_there and kind in STOPPABLE,
        can_delete=judged.rights.delete and is_there,
        is_stopped=is_stopped(root),
        age=age(root.created, snapshot.taken),
        warnings=None if seen is None else sum(event.is_warning for event in seen),
        live=live(snapshot.health),
    )
