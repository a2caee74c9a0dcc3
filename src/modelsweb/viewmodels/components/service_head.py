"""What all tabs of a service show at their top, and what they are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import EVENT, POD
from modelsweb.text import Text
from modelsweb.topology import demand, predictor
from modelsweb.topology.demand import Replicas
from modelsweb.topology.stop import is_stopped
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.metrics_tab import MetricsTab
from modelsweb.viewmodels.components.rights import Rights
from modelsweb.viewmodels.components.service_form import parts


@dataclass(frozen=True, slots=True, kw_only=True)
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
    parts: Mapping[str, Text]
    """What of it can be changed by itself."""
    is_deleting: bool
    is_stopped: bool
    """It was asked to stop, be it done or not."""
    gone: Age | None
    """How long ago it was deleted; None while it is there."""

    @property
    def plural(self) -> str:
        """Empty: services have addresses of their own, unlike the objects of other kinds."""
        return ""

    @property
    def can_restart(self) -> bool:
        """It has pods of its own that are to run, and the user may have them made anew."""
        is_there = not self.is_deleting and self.gone is None and not self.is_stopped
        return self.rights.patch and is_there and self.mode in {"Standard", "Knative"}


def head(judged: JudgedService) -> ServiceHead:
    """The head of a service's page."""
    service = judged.service
    sees_pods, sees_events = POD in judged.children, EVENT in judged.children
    return ServiceHead(
        namespace=service.namespace,
        name=service.name,
        uid=service.uid,
        status=judged.verdict.status,
        mode=predictor.mode(service),
        model_format=predictor.model_format(service),
        runtime=predictor.runtime(service),
        replicas=demand.replicas(judged.snapshot),
        pods=len(judged.children[POD]) if sees_pods else None,
        warnings=len(judged.snapshot.events) if sees_events else None,
        has_more_events=judged.seen.left_out > 0,
        age=age(service.created, judged.now),
        live=live(judged.seen.health),
        rights=judged.rights,
        metrics_tab=judged.metrics_tab,
        parts=parts(service),
        is_deleting=service.deleted is not None,
        is_stopped=is_stopped(service),
        gone=age(judged.seen.gone, judged.now) if judged.seen.gone is not None else None,
    )
