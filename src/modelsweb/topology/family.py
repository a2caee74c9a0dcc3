"""An InferenceService with the objects that it owns, as far as its state can be read from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from modelsweb.clock import parse_time
from modelsweb.kinds import DEPLOYMENT, EVENT, POD, REVISION
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods_


@dataclass(frozen=True, slots=True)
class Event:
    """A warning about one object of the family."""

    kind: str
    name: str
    uid: str
    reason: str
    message: str
    count: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Family:
    """A service and its children. ``pods`` are those that count, newest first: of the newest version, or ready.
    ``leaving`` are being deleted. ``events`` are warnings, newest first.
    """

    service: Obj
    pods: tuple[Obj, ...] = ()
    leaving: tuple[Obj, ...] = ()
    deployments: tuple[Obj, ...] = ()
    revisions: tuple[Obj, ...] = ()
    events: tuple[Event, ...] = ()

    def events_of(self, uid: str, *reasons: str) -> tuple[Event, ...]:
        """The warnings about an object, of the given reasons."""
        return tuple(event for event in self.events if event.uid == uid and event.reason in reasons)

    def ready_pods(self, component: str) -> tuple[Obj, ...]:
        """The pods of a component that take requests."""
        return tuple(pod for pod in self.pods if pods_.component(pod) == component and pods_.is_ready(pod))

    def revision(self, name: str) -> Obj | None:
        """A revision by name, or None."""
        return next((revision for revision in self.revisions if revision.name == name), None)


def family(service: Obj, children: Mapping[Kind, Iterable[Obj]]) -> Family:
    """The family of a service, its children as the store gave them."""
    pods = sorted(children.get(POD, ()), key=_born, reverse=True)
    warnings = (event(found) for found in children.get(EVENT, ()) if found.string("type") != "Normal")
    born = service.created
    events = (found for found in warnings if not (born and found.last and found.last < born))
    return Family(
        service=service,
        pods=tuple(_that_count([pod for pod in pods if pod.deleted is None])),
        leaving=tuple(pod for pod in pods if pod.deleted is not None),
        deployments=tuple(children.get(DEPLOYMENT, ())),
        revisions=tuple(children.get(REVISION, ())),
        events=tuple(sorted(events, key=_last, reverse=True)),
    )


def _that_count(pods: list[Obj]) -> Iterator[Obj]:
    """Without those of an older version that are not ready: a repair must not be called broken for what it replaces."""
    newest: dict[tuple[str, str], str] = {}
    for pod in pods:
        version = newest.setdefault(_place(pod), pods_.version(pod))
        if pods_.version(pod) == version or pods_.is_ready(pod):
            yield pod


def _place(pod: Obj) -> tuple[str, str]:
    """What the pod is a replica of: a component, and in Standard mode its Deployment, as canaries have their own."""
    return pods_.component(pod), "" if pods_.REVISION in pod.labels else pod.labels.get("app", "")


def event(raw: Obj) -> Event:
    """An event with the time at which it was last seen, whichever field its reporter wrote that to."""
    times = (
        raw.string("series", "lastObservedTime"),
        raw.string("lastTimestamp"),
        raw.string("eventTime"),
        raw.string("firstTimestamp"),
        raw.string("metadata", "creationTimestamp"),
    )
    return Event(
        kind=raw.string("involvedObject", "kind"),
        name=raw.string("involvedObject", "name"),
        uid=raw.string("involvedObject", "uid"),
        reason=raw.string("reason"),
        message=raw.string("message"),
        count=raw.integer("series", "count") or raw.integer("count") or 1,
        last=next((found for found in map(parse_time, times) if found), None),
    )


def _born(pod: Obj) -> tuple[str, str]:
    return pod.string("metadata", "creationTimestamp"), pod.name


def _last(event: Event) -> float:
    return event.last.timestamp() if event.last else 0.0
