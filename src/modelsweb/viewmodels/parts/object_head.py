"""What all tabs of an object's page show at their top, and what they are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from modelsweb.kinds import EVENT
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Gap, Health
from modelsweb.text import Text
from modelsweb.topology.family import Event, events
from modelsweb.topology.health import Mood
from modelsweb.viewmodels.parts.age import Age, age
from modelsweb.viewmodels.parts.freshness import Live, live
from modelsweb.viewmodels.parts.object_row import health_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An object with all that may be seen of it: what the tabs' view models are built from."""

    kind: Kind
    obj: Obj
    members: Mapping[Kind, list[Obj]]
    gaps: Mapping[Kind, Gap]
    health: Health
    left_out: int
    now: datetime

    @property
    def events(self) -> tuple[Event, ...] | None:
        """The events, newest first; None where the user may not see them."""
        return events(self.members[EVENT]) if EVENT in self.members else None


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
    age: Age
    warnings: int | None
    live: Live


def head(of: Subject) -> ObjectHead:
    """The head of an object's page."""
    state = health_of(of.obj)
    seen = of.events
    return ObjectHead(
        kind=of.kind.kind,
        plural=of.kind.plural,
        title=of.kind.title or Text(of.kind.kind),
        namespace=of.obj.namespace,
        name=of.obj.name,
        mood=state.mood,
        state=state.word,
        age=age(of.obj.created, of.now),
        warnings=None if seen is None else sum(one.is_warning for one in seen),
        live=live(of.health),
    )
