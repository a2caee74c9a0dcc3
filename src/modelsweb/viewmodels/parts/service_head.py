"""What all tabs of a service show at their top, and what they are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modelsweb.diagnosis.verdict import Status, Verdict, judge
from modelsweb.kinds import EVENT, POD
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Gap, Health
from modelsweb.topology import demand, predictor
from modelsweb.topology.demand import Replicas
from modelsweb.topology.family import Family, family
from modelsweb.topology.stop import is_stopped
from modelsweb.viewmodels.parts.age import Age, age
from modelsweb.viewmodels.parts.freshness import Live, live


class MetricsTab(StrEnum):
    """Whether there is a tab with metrics."""

    NONE = "none"
    SHOWN = "shown"
    PROBED = "probed"
    """Where the browser finds a Grafana."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do with the service and its parts."""

    delete: bool = False
    logs: bool = False
    metrics: bool = False
    patch: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A service with all that may be seen of it, judged: what the tabs' view models are built from."""

    service: Obj
    gaps: Mapping[Kind, Gap]
    health: Health
    rights: Rights
    now: datetime
    family: Family
    verdict: Verdict
    metrics_tab: MetricsTab = MetricsTab.NONE
    gone: datetime | None = None
    """When the service was deleted; all else is its last state then."""
    left_out: int = 0
    """Events that are there and were not looked at."""

    @property
    def children(self) -> Mapping[Kind, list[Obj]]:
        """All that is its own, by kind, as far as it may be seen."""
        return self.family.children


def subject(
    service: Obj,
    children: Mapping[Kind, list[Obj]],
    *,
    health: Health,
    now: datetime,
    gaps: Mapping[Kind, Gap] | None = None,
    rights: Rights | None = None,
    metrics_tab: MetricsTab = MetricsTab.NONE,
    gone: datetime | None = None,
    reported: datetime | None = None,
    left_out: int = 0,
) -> Subject:
    """The subject of a page."""
    members = family(service, children, gaps or {}, reported)
    verdict = judge(members, now)
    return Subject(
        service,
        gaps or {},
        health,
        rights or Rights(),
        now,
        members,
        verdict,
        metrics_tab,
        gone,
        left_out,
    )


@dataclass(frozen=True, slots=True)
class ServiceHead:
    """Identity, state and counts. Counts are None where the user may not see what is counted."""

    namespace: str
    name: str
    uid: str
    status: Status
    mode: str
    model_format: str
    runtime: str
    replicas: Replicas | None
    pods: int | None
    warnings: int | None
    has_more_events: bool
    """There are more than were counted."""
    age: Age
    live: Live
    rights: Rights
    metrics_tab: MetricsTab
    is_deleting: bool
    is_stopped: bool
    """It was asked to stop, be it done or not."""
    gone: Age | None
    """How long ago it was deleted; None while it is there."""


def head(of: Subject) -> ServiceHead:
    """The head of a subject's page."""
    service = of.service
    sees_pods, sees_events = POD in of.children, EVENT in of.children
    return ServiceHead(
        namespace=service.namespace,
        name=service.name,
        uid=service.uid,
        status=of.verdict.status,
        mode=predictor.mode(service),
        model_format=predictor.model_format(service),
        runtime=predictor.runtime(service),
        replicas=demand.replicas(of.family),
        pods=len(of.children[POD]) if sees_pods else None,
        warnings=len(of.family.events) if sees_events else None,
        has_more_events=of.left_out > 0,
        age=age(service.created, of.now),
        live=live(of.health),
        rights=of.rights,
        metrics_tab=of.metrics_tab,
        is_deleting=service.deleted is not None,
        is_stopped=is_stopped(service),
        gone=age(of.gone, of.now) if of.gone is not None else None,
    )
