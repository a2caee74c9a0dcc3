"""The events of an object of any kind, and of what it owns."""

from dataclasses import dataclass

from modelsweb.kinds import EVENT
from modelsweb.text import Text, text
from modelsweb.viewmodels.components.event_row import EventRow, event_row
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import JudgedObject
from modelsweb.viewmodels.components.object_head import ObjectHead, events_of, head

_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvents:
    """The page. ``more`` counts those that are not listed; ``empty`` says why there are none."""

    head: ObjectHead
    rows: tuple[EventRow, ...]
    more: int
    empty: Text | None
    notes: tuple[Text, ...]


def build(judged: JudgedObject) -> ObjectEvents:
    """The page."""
    snapshot = judged.seen
    found = events_of(snapshot) or ()
    notes = gap_notes(snapshot.gaps, "", kinds=(EVENT,))
    return ObjectEvents(
        head=head(judged),
        rows=tuple(event_row(one, snapshot.taken) for one in found[:_MAX]),
        more=max(0, len(found) - _MAX) + snapshot.left_out,
        empty=None if found or notes else text("No events. Kubernetes keeps events for about an hour."),
        notes=notes,
    )
