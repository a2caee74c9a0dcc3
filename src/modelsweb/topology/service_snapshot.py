"""An InferenceService with the objects that it owns, as far as its state can be read from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from modelsweb.clock import parse_time
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    DEPLOYMENT,
    EVENT,
    HTTP_ROUTE,
    LEADER_WORKER_SET,
    POD,
    REVISION,
    RUNTIME_POD,
    SERVING_RUNTIME,
    SHARED,
)
from modelsweb.objects.freshness import Gap
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj, once
from modelsweb.objects.snapshot import Snapshot
from modelsweb.topology import pod as pods_
from modelsweb.topology import predictor
from modelsweb.topology.serving_runtime import format_names
from modelsweb.topology.wanted_runtime import formats

EVIDENCE = (
    POD,
    DEPLOYMENT,
    REVISION,
    EVENT,
    HTTP_ROUTE,
    RUNTIME_POD,
    SERVING_RUNTIME,
    CLUSTER_SERVING_RUNTIME,
    LEADER_WORKER_SET,
)
"""The kinds that a snapshot is made of, and so all that a verdict, and what a list shows, can depend on."""


_NOISE = ("the object has been modified", "StorageError: invalid object", "not found in the cache")
_RUNTIMES = (SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event about one object of the snapshot; equal ones are counted. ``source`` is who reported it."""

    kind: str
    name: str
    uid: str
    reason: str
    message: str
    count: int
    last: datetime | None
    first: datetime | None = None
    is_warning: bool = True
    source: str = ""
    field: str = ""
    """The part of the object, such as ``spec.containers{kserve-container}``."""

    @property
    def is_noise(self) -> bool:
        """Somebody else wrote in between; the controller that reports it tries again at once."""
        return any(noise in self.message for noise in _NOISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSnapshot:
    """A service and its children. ``pods`` are those that count, newest first: of the newest version, or ready.
    ``over`` have run to their end, were evicted or refused by their node: they explain, and are judged no more.
    ``leaving`` are being deleted. ``events`` are warnings, ``normal`` the other events, newest first. In ModelMesh the
    pods are those of the runtime that holds the model, which other models share.
    """

    service: Obj
    gap: Gap | None = Gap.FORBIDDEN
    """Why its pods could not be read; None where they were: that there are none is evidence then."""
    pods: tuple[Obj, ...] = ()
    over: tuple[Obj, ...] = ()
    leaving: tuple[Obj, ...] = ()
    deployments: tuple[Obj, ...] = ()
    routes: tuple[Obj, ...] | None = None
    """Its HTTPRoutes; None where they were not read."""
    revisions: tuple[Obj, ...] = ()
    runtimes: tuple[Obj, ...] = ()
    """The serving runtimes that it may use, those of the namespace before those of the cluster, as far as they were read."""
    knows_runtimes: bool = False
    """All of them were read."""
    children: Mapping[Kind, list[Obj]] = field(default_factory=dict)
    """All that is its own, by kind, as far as it was read."""
    reported: datetime | None = None
    """The newest sign that KServe's controller works, for any service; None where none was seen."""
    neighbours: Mapping[str, str] | None = None
    """The InferenceServices of the namespace by name, each with the word of its verdict, for what leans on them; None where they
    were not read."""
    events: tuple[Event, ...] = ()
    normal: tuple[Event, ...] = ()

    @property
    def is_read(self) -> bool:
        """Its pods were read."""
        return self.gap is None

    @property
    def runtime(self) -> Mapping[str, Any]:
        """The spec of the serving runtime that its predictor uses; empty where that is not known or was not read.

        The namespace's own goes before one of the cluster (KServe's ``GetServingRuntime``).
        """
        name = predictor.runtime(self.service)
        return next((one.mapping("spec") for one in self.runtimes if name and one.name == name), {})

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats for which KServe chooses a runtime by itself; none where not all runtimes were read."""
        return tuple(sorted(formats(self.runtimes))) if self.knows_runtimes else ()

    @property
    def has_children(self) -> bool:
        """Something was made for it, be it ready or not."""
        return bool(
            self.own_pods or self.deployments or self.revisions or self.children.get(LEADER_WORKER_SET)
        )

    @property
    def own_pods(self) -> tuple[Obj, ...]:
        """The pods that were made for it, those that are being deleted too; none that it shares with others."""
        return tuple(pod for pod in (*self.pods, *self.leaving) if pods_.MODEL_MESH not in pod.labels)

    @property
    def all_events(self) -> tuple[Event, ...]:
        """Warnings and others, newest first."""
        return tuple(sorted((*self.events, *self.normal), key=_last, reverse=True))

    def events_of(self, uid: str, *reasons: str) -> tuple[Event, ...]:
        """The warnings about an object, of the given reasons."""
        return tuple(event for event in self.events if event.uid == uid and event.reason in reasons)

    def ready_pods(self, component: str) -> tuple[Obj, ...]:
        """The pods of a component that take requests; of a group on several nodes its head."""
        return tuple(pod for pod in self.heads(component) if pods_.is_ready(pod))

    def began(self, pod: Obj) -> datetime | None:
        """When the first pod of this pod's version was made, of those that failed like it: each one tries again."""
        same = [
            one.created
            for one in (*self.pods, *self.over, *self.leaving)
            if one.created
            and (one is pod or not pods_.is_ready(one))
            and _place(one) == _place(pod)
            and pods_.version(one) == pods_.version(pod)
        ]
        return min(same, default=None)

    def heads(self, component: str) -> tuple[Obj, ...]:
        """The pods of a component, one for each replica: workers are a part of their head's."""
        return tuple(
            pod for pod in self.pods if pods_.component(pod) == component and not pods_.is_worker(pod)
        )

    def replicas_of(self, component: str) -> tuple[Obj, ...]:
        """The same with those that are being deleted, which a page still shows."""
        return tuple(
            pod
            for pod in (*self.pods, *self.leaving)
            if pods_.component(pod) == component and not pods_.is_worker(pod)
        )

    def deployments_of(self, component: str) -> tuple[Obj, ...]:
        """The Deployments of a component's replicas; those of workers are none."""
        return tuple(
            one
            for one in self.deployments
            if pods_.component(one) == component
            and not pods_.makes_workers(one.mapping("spec", "template", "spec"))
        )

    def template(self, component: str, *, has_workers: bool = False) -> Mapping[str, Any]:
        """The pod spec of the newest revision or Deployment of a component, or of its workers; empty where there is none."""
        makers = [(one, one.mapping("spec")) for one in newest_first(self.revisions)]
        makers += [(one, one.mapping("spec", "template", "spec")) for one in newest_first(self.deployments)]
        return next(
            (
                spec
                for one, spec in makers
                if pods_.component(one) == component and pods_.makes_workers(spec) is has_workers
            ),
            {},
        )

    def revision(self, name: str) -> Obj | None:
        """A revision by name, or None."""
        return next((revision for revision in self.revisions if revision.name == name), None)


def service_snapshot(
    service: Obj,
    children: Mapping[Kind, Iterable[Obj]],
    *,
    gaps: Mapping[Kind, Gap] | None = None,
    reported: datetime | None = None,
    neighbours: Mapping[str, str] | None = None,
) -> ServiceSnapshot:
    """A service with its children as the store gave them with what is shared; ``gaps`` are why some are not
    among them."""
    runtimes = tuple(one for kind in _RUNTIMES for one in children.get(kind, ()))
    knows_runtimes = all(kind in children for kind in _RUNTIMES)
    lent = _lent_pods(service, children, runtimes=runtimes if knows_runtimes else None)
    children = _own(service, {kind: some for kind, some in children.items() if kind not in SHARED})
    if predictor.is_model_mesh(service):
        children[POD] = [*children.get(POD, ()), *(lent or ())]
        if lent is None:
            del children[POD]
    pods = newest_first(children.get(POD, ()))
    seen = events(children.get(EVENT, ()))
    return ServiceSnapshot(
        service=service,
        children=children,
        gap=None if POD in children else _gap_of_pods(service, gaps or {}),
        pods=tuple(_that_count([pod for pod in pods if pod.deleted is None and not pods_.is_over(pod)])),
        over=tuple(pod for pod in pods if pod.deleted is None and pods_.is_over(pod)),
        leaving=tuple(pod for pod in pods if pod.deleted is not None),
        deployments=tuple(children.get(DEPLOYMENT, ())),
        reported=reported,
        neighbours=neighbours,
        routes=tuple(children[HTTP_ROUTE]) if HTTP_ROUTE in children else None,
        revisions=tuple(children.get(REVISION, ())),
        runtimes=runtimes,
        knows_runtimes=knows_runtimes,
        events=tuple(one for one in seen if one.is_warning),
        normal=tuple(one for one in seen if not one.is_warning),
    )


def snapshot_of(seen: Snapshot, *, reported: datetime | None = None) -> ServiceSnapshot:
    """The same of an object as its reader gave it; ``reported`` is when KServe's controller was last seen at work."""
    return service_snapshot(
        seen.root, seen.members, gaps=seen.gaps, reported=reported, neighbours=seen.neighbours
    )


def _lent_pods(
    service: Obj, children: Mapping[Kind, Iterable[Obj]], *, runtimes: Iterable[Obj] | None
) -> list[Obj] | None:
    """The pods of the runtime that holds the model; None where pods of runtimes were not read.

    ModelMesh names a runtime's pods after it. Where nothing says which of several runtimes has the model, those that
    take its format may; and where one of these is not ready, it may be that one.
    """
    if RUNTIME_POD not in children:
        return None
    by_runtime: dict[str, list[Obj]] = {}
    for pod in children[RUNTIME_POD]:
        if service_name := pod.labels.get(pods_.MODEL_MESH):
            by_runtime.setdefault(pod.labels.get("name", "").removeprefix(f"{service_name}-"), []).append(pod)
    if name := predictor.runtime(service):
        return by_runtime.get(name, [])
    fitting = None if runtimes is None else _taking(predictor.model_format(service), runtimes)
    found = [pods for name, pods in by_runtime.items() if fitting is None or name in fitting]
    ready = [[pod for pod in pods if pods_.is_ready(pod)] for pods in found]
    return [pod for pods in (ready if all(ready) else found) for pod in pods]


def _taking(model_format: str, runtimes: Iterable[Obj]) -> set[str]:
    """The names of the runtimes that take a format."""
    return {runtime.name for runtime in runtimes if model_format in format_names(runtime)}


def _gap_of_pods(service: Obj, gaps: Mapping[Kind, Gap]) -> Gap:
    kinds = (RUNTIME_POD, POD) if predictor.is_model_mesh(service) else (POD,)
    return next((gaps[kind] for kind in kinds if kind in gaps), Gap.FORBIDDEN)


def _own(service: Obj, children: Mapping[Kind, Iterable[Obj]]) -> dict[Kind, list[Obj]]:
    """The children without what is left of an earlier service of the same name, and without the events about that.

    An event's own time decides nothing: it goes with the object that it is about.
    """
    children = {kind: list(some) for kind, some in children.items()}
    former = {
        one.uid
        for kind, some in children.items()
        if kind is not EVENT
        for one in some
        if _is_of_former(one, service)
    }
    return {kind: [one for one in some if _about(one, kind) not in former] for kind, some in children.items()}


def _is_of_former(obj: Obj, service: Obj) -> bool:
    """It names another service as its owner, or goes and is older than the service; the API server wrote both times."""
    if any(
        owner.get("kind") == service.kind and owner.get("uid") not in (None, service.uid)
        for owner in obj.items("metadata", "ownerReferences")
    ):
        return True
    return bool(obj.deleted and obj.created and service.created and obj.created < service.created)


def _about(one: Obj, kind: Kind) -> str:
    return one.string("involvedObject", "uid") if kind is EVENT else one.uid


def newest_first(some: Iterable[Obj]) -> list[Obj]:
    """Pods, and what makes them, in the order in which pages and rules look at them."""
    return sorted(some, key=lambda one: (one.string("metadata", "creationTimestamp"), one.name), reverse=True)


def _that_count(pods: list[Obj]) -> Iterator[Obj]:
    """Without those of an older version that are not ready: a repair must not be called broken for what it replaces."""
    newest: dict[tuple[str, bool, str], str] = {}
    for pod in pods:
        version = newest.setdefault(_place(pod), pods_.version(pod))
        if pods_.version(pod) == version or pods_.is_ready(pod):
            yield pod


def _place(pod: Obj) -> tuple[str, bool, str]:
    """What the pod is a replica of: a component, or its workers, and in Standard mode its Deployment, as canaries have
    their own."""
    deployment = "" if pods_.REVISION in pod.labels else pod.labels.get("app", "")
    return pods_.component(pod), pods_.is_worker(pod), deployment


@once
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
        first=next((found for found in map(parse_time, (*times[3:4], times[2], times[4])) if found), None),
        is_warning=raw.string("type") != "Normal",
        source=raw.string("reportingComponent") or raw.string("source", "component"),
        field=raw.string("involvedObject", "fieldPath"),
    )


def events(found: Iterable[Obj]) -> tuple[Event, ...]:
    """The events, newest first. Equal ones, which only differ in when they were seen, are one."""
    merged: dict[tuple[str, ...], Event] = {}
    for raw in found:
        one = event(raw)
        key = (one.uid, one.kind, one.name, one.reason, one.message, one.field)
        known = merged.get(key)
        merged[key] = one if known is None else _merged(known, one)
    return tuple(sorted(merged.values(), key=_last, reverse=True))


def _merged(one: Event, other: Event) -> Event:
    firsts = [found for found in (one.first, other.first) if found]
    lasts = [found for found in (one.last, other.last) if found]
    return replace(
        one,
        count=one.count + other.count,
        first=min(firsts, default=None),
        last=max(lasts, default=None),
    )


def _last(event: Event) -> float:
    return event.last.timestamp() if event.last else 0.0
