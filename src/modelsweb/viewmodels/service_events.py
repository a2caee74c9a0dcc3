"""The events of one InferenceService and of all that it owns, in one table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from modelsweb.kinds import EVENT
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import Event
from modelsweb.viewmodels.components.event_row import EventRow, event_row
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.service_head import ServiceHead, head

_MAX = 500
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """What of the events is shown: warnings only, of a kind, with words in reason, message or object."""

    warnings: bool = False
    kind: str = ""
    words: str = ""

    def encode(self) -> str:
        """As a query string."""
        pairs = [("warn", "1" if self.warnings else ""), ("kind", self.kind), ("q", self.words)]
        return urlencode([(key, value) for key, value in pairs if value])

    def with_warnings(self, warnings: bool) -> "EventQuery":
        """The same, with or without what is normal."""
        return replace(self, warnings=warnings)

    def with_kind(self, kind: str) -> "EventQuery":
        """The same, of another kind."""
        return replace(self, kind=kind)

    def fits(self, event: Event) -> bool:
        """Whether the event is shown."""
        if (self.warnings and not event.is_warning) or (self.kind and event.kind != self.kind):
            return False
        text = f"{event.reason} {event.message} {event.name}".casefold()
        return all(word in text for word in self.words.casefold().split())


def parse(items: Iterable[tuple[str, str]]) -> EventQuery:
    """From a URL; never fails."""
    found = dict(items)
    return EventQuery(found.get("warn") == "1", found.get("kind", "")[:100], found.get("q", "").strip()[:200])


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvents:
    """The page. ``all`` and ``warnings`` count without the filter, ``kinds`` are those to choose from.

    ``more`` counts those that fit and are not listed. ``empty`` says why there are none.
    """

    head: ServiceHead
    query: EventQuery
    rows: tuple[EventRow, ...]
    more: int
    all: int
    warnings: int
    kinds: tuple[str, ...]
    empty: Text | None
    notes: tuple[Text, ...]


def build(judged: JudgedService, query: EventQuery) -> ServiceEvents:
    """The page of a service."""
    events = judged.snapshot.all_events
    fitting = [one for one in events if query.fits(one)]
    notes = gap_notes(judged.seen.gaps, predictor.mode(judged.service), kinds=(EVENT,))
    return ServiceEvents(
        head=head(judged),
        query=query,
        rows=tuple(event_row(one, judged.now) for one in fitting[:_MAX]),
        more=max(0, len(fitting) - _MAX),
        all=len(events),
        warnings=len(judged.snapshot.events),
        kinds=tuple(sorted({one.kind for one in events} | ({query.kind} if query.kind else set()))),
        empty=None if fitting or notes else _empty(judged, events),
        notes=notes,
    )


def _empty(judged: JudgedService, found: tuple[Event, ...]) -> Text:
    if found:
        return text("No events match the filter. Total events: {n}.", n=len(found))
    if judged.service.created and judged.now - judged.service.created > _KEPT:
        return text("No events. Kubernetes keeps events for about an hour.")
    return text("No events yet.")
