"""An event as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.topology.family import Event
from modelsweb.viewmodels.parts.age import Age, age


@dataclass(frozen=True, slots=True)
class EventRow:
    """What was seen, how often, first and last. ``part`` is the container that it is about, where it is one."""

    is_warning: bool
    reason: str
    message: str
    kind: str
    name: str
    part: str
    source: str
    count: int
    first: Age
    last: Age


def event_row(event: Event, now: datetime) -> EventRow:
    """The row of an event."""
    _, _, part = event.field.partition("{")
    return EventRow(
        is_warning=event.is_warning,
        reason=event.reason,
        message=event.message,
        kind=event.kind,
        name=event.name,
        part=part.rstrip("}"),
        source=event.source,
        count=event.count,
        first=age(event.first, now),
        last=age(event.last, now),
    )
