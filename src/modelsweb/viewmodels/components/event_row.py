"""An event as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.kinds import CHILDREN, EVENT, INFERENCE_SERVICE
from modelsweb.topology.service_snapshot import Event
from modelsweb.viewmodels.components.age import Age, age

_PLURALS = {kind.kind: kind.full_name for kind in (INFERENCE_SERVICE, *CHILDREN) if kind is not EVENT}
_LONGEST, _HEAD, _END = 34, 14, 19


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """What was seen, how often, first and last. ``part`` is the container that it is about, where it is one.

    ``plural`` is the resource with its group where the object has a page, else empty; ``short`` the name, its middle left
    out where it is long: pods differ at the end.
    """

    is_warning: bool
    reason: str
    message: str
    kind: str
    name: str
    short: str
    plural: str
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
        short=_short(event.name),
        plural=_PLURALS.get(event.kind, ""),
        part=part.rstrip("}"),
        source=event.source,
        count=event.count,
        first=age(event.first, now),
        last=age(event.last, now),
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_HEAD]}…{name[-_END:]}"
