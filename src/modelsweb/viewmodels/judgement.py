"""One root object of a dump, in the words of its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.start_up import StepName, StepState
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import LLM_INFERENCE_SERVICE
from modelsweb.objects.obj import Obj
from modelsweb.text import Text
from modelsweb.topology import demand, llm_service, predictor
from modelsweb.topology.demand import Replicas
from modelsweb.topology.pod import LLM_MAIN
from modelsweb.topology.service_snapshot import Event, ServiceSnapshot
from modelsweb.viewmodels.components.judged import JudgedService

EXTERNAL = "external"
CLUSTER_LOCAL = "cluster-local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the page would say. ``object`` is kind, namespace and name of the object at fault; empty where there is none.

    ``devices`` are of one replica, ``addresses`` pairs of scope and URL, ``events`` newest first.
    """

    kind: str
    namespace: str
    name: str
    status: Status
    sentences: tuple[Text, ...]
    since: datetime | None
    object: str
    replicas: Replicas | None
    devices: dict[str, int]
    mode: str
    runtime: str
    source: str
    addresses: tuple[tuple[str, str], ...]
    steps: tuple[tuple[StepName, StepState], ...]
    events: tuple[Event, ...]


def build(judged: JudgedService) -> Judgement:
    """The judgement on a service."""
    service, verdict = judged.service, judged.verdict
    finding = verdict.finding
    urls = (
        (EXTERNAL, predictor.external_url(service)),
        (CLUSTER_LOCAL, predictor.internal_url(service)),
    )
    return Judgement(
        kind=service.kind,
        namespace=service.namespace,
        name=service.name,
        status=verdict.status,
        sentences=tuple(one for one in (verdict.cause, verdict.effect) if one is not None),
        since=verdict.since,
        object=f"{finding.kind}/{service.namespace}/{finding.name}" if finding else "",
        replicas=demand.replicas(judged.snapshot),
        devices=demand.devices(judged.snapshot),
        mode=predictor.mode(service).lower(),
        runtime=predictor.runtime(service),
        source=predictor.source(service),
        addresses=tuple((scope, url) for scope, url in urls if url),
        steps=tuple((step.name, step.state) for step in start_up.steps(judged.snapshot, verdict)),
        events=judged.snapshot.all_events,
    )


def build_other(snapshot: ServiceSnapshot, verdict: Verdict) -> Judgement:
    """The judgement on an LLM service, a graph or a trained model."""
    root, finding = snapshot.service, verdict.finding
    is_llm = root.kind == LLM_INFERENCE_SERVICE.kind
    parts = [part for part in llm_service.parts(snapshot) if part.role == LLM_MAIN] if is_llm else []
    return Judgement(
        kind=root.kind,
        namespace=root.namespace,
        name=root.name,
        status=verdict.status,
        sentences=tuple(one for one in (verdict.cause, verdict.effect) if one is not None),
        since=verdict.since,
        object=f"{finding.kind}/{root.namespace}/{finding.name}" if finding else "",
        replicas=Replicas(parts[0].ready, parts[0].wanted if parts[0].wanted is not None else parts[0].there)
        if parts and snapshot.is_read
        else None,
        devices=llm_service.devices(snapshot) if is_llm else {},
        mode="",
        runtime=root.string("spec", "runtime"),
        source=root.string("spec", "model", "uri") or root.string("spec", "model", "storageUri"),
        addresses=tuple(_addresses(root)),
        steps=(),
        events=snapshot.all_events,
    )


def _addresses(root: Obj) -> Iterator[tuple[str, str]]:
    listed = llm_service.addresses(root)
    urls = [one.url for one in listed] or [
        root.string("status", "url"),
        root.string("status", "address", "url"),
    ]
    for url in dict.fromkeys(filter(None, urls)):
        yield CLUSTER_LOCAL if predictor.is_local(url) else EXTERNAL, url
