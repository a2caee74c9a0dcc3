"""What all tabs of an object's page show at their top."""

from dataclasses import dataclass

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import EVENT
from modelsweb.objects.snapshot import Snapshot
from modelsweb.text import Text
from modelsweb.topology.health import Mood
from modelsweb.topology.service_snapshot import Event, events
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.object_row import JudgedObject, health_of


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
    age: Age
    warnings: int | None
    live: Live


def head(judged: JudgedObject) -> ObjectHead:
    """The head of an object's page."""
    snapshot = judged.seen
    kind, root = snapshot.kind, snapshot.root
    state = health_of(root)
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
        age=age(root.created, snapshot.taken),
        warnings=None if seen is None else sum(event.is_warning for event in seen),
        live=live(snapshot.health),
    )
