"""What a list knows of one service. It holds no age: the same state gives an equal row at any time."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    RUNTIME_POD,
    SERVING_RUNTIME,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.operations.action import Target
from modelsweb.text import Text
from modelsweb.topology import demand, predictor, traffic
from modelsweb.topology.demand import Replicas
from modelsweb.topology.owner import owner
from modelsweb.topology.service_snapshot import ServiceSnapshot, snapshot_of
from modelsweb.viewmodels.components.log_query import log_of

_KEY_LENGTH = 12
_RUNTIMES = frozenset({SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME})
_MESH = _RUNTIMES | {RUNTIME_POD}
_VERSION = "app.kubernetes.io/version"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service. Empty strings and None stand for what is not known or does not apply.

    ``log`` is the query of the logs page for the container at fault, ``since`` is when the fault began, ``changed`` the last change of any condition. ``traffic`` are shares in percent,
    the largest first. ``gpus`` counts one replica.
    """

    kind: Kind
    uid: str
    namespace: str
    name: str
    status: Status
    cause: Text | None
    effect: Text | None
    since: datetime | None
    rule: str = ""
    """The rule that found the cause; empty where none did."""
    log: str
    owner: str
    labels: tuple[tuple[str, str], ...]
    created: datetime | None
    changed: datetime | None
    runtime: str
    storage_uri: str
    url: str
    replicas: Replicas | None
    gpus: int
    model_format: str = ""
    mode: str = ""
    protocol: str = ""
    traffic: tuple[int, ...] = ()
    version: str = ""
    model_name: str = ""
    """What clients put into "model", where that is another name than the service's."""
    prefill: Replicas | None = None
    """Those that only read prompts; ``prefill_gpus`` counts one of them."""
    prefill_gpus: int = 0
    group: str = ""
    """The routing group of an LLM service, with its weight where it says one."""

    @property
    def target(self) -> Target:
        """It as something to be acted on."""
        return Target(kind=self.kind, namespace=self.namespace, name=self.name, uid=self.uid)

    @property
    def is_llm(self) -> bool:
        """It is an LLM service."""
        return self.kind is LLM_INFERENCE_SERVICE

    @property
    def key(self) -> str:
        """What no other row has, short and fit for an id in HTML."""
        return self.uid.replace("-", "")[:_KEY_LENGTH] or f"{self.namespace}.{self.name}"

    def label(self, column: str) -> str:
        """The value in a label's column (``label:KEY``); empty where the row has no such label."""
        return dict(self.labels).get(column.partition(":")[2], "")


class Rows:
    """Makes the rows of services as they change, and so sees what KServe's controller reports of each."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def __call__(self, seen: Snapshot) -> tuple[ServiceRow, datetime | None, frozenset[Kind]]:
        """The row of a service, when it must be made again though nothing changed, and the shared kinds it leans on."""
        self._reports.saw(seen.root, seen.taken)
        return *row(seen, self._reports.newest), _leans(seen.root)


def _leans(service: Obj) -> frozenset[Kind]:
    return _MESH if predictor.is_model_mesh(service) else _RUNTIMES


def row(seen: Snapshot, reported: datetime | None = None) -> tuple[ServiceRow, datetime | None]:
    """The row of a service, and when it must be made again though nothing changed."""
    snapshot = snapshot_of(seen, reported=reported)
    verdict = judge(snapshot, seen.taken)
    return _row(snapshot, verdict), verdict.due


def _traffic(snapshot: ServiceSnapshot) -> tuple[int, ...]:
    """The shares; without revisions all of it goes to what is ready, if anything is."""
    found = tuple(part.percent for part in traffic.split(snapshot))
    replicas = demand.replicas(snapshot)
    is_whole = not found and replicas is not None and replicas.ready > 0
    return (100,) if is_whole and predictor.mode(snapshot.service) == "Standard" else found


def _row(snapshot: ServiceSnapshot, verdict: Verdict) -> ServiceRow:
    service = snapshot.service
    return row_of(INFERENCE_SERVICE, service, verdict=verdict)(
        model_format=predictor.model_format(service),
        runtime=predictor.runtime(service).removeprefix("kserve-"),
        mode=predictor.mode(service),
        protocol=predictor.protocol(service),
        storage_uri=predictor.source(service),
        url=predictor.external_url(service) or predictor.internal_url(service),
        replicas=demand.replicas(snapshot),
        gpus=demand.gpus(snapshot),
        traffic=_traffic(snapshot),
        version=_version(service),
    )


def row_of(kind: Kind, service: Obj, *, verdict: Verdict) -> partial[ServiceRow]:
    """The row of a model service of any kind, but for what only its kind tells."""
    return partial(
        ServiceRow,
        kind=kind,
        uid=service.uid,
        namespace=service.namespace,
        name=service.name,
        status=verdict.status,
        cause=verdict.cause,
        rule=verdict.finding.rule if verdict.finding and verdict.cause else "",
        effect=verdict.effect,
        since=verdict.since,
        log=_log(verdict),
        owner=owner(service),
        labels=tuple(sorted(service.labels.items())),
        created=service.created,
        changed=_last_change(service),
    )


def _last_change(service: Obj) -> datetime | None:
    """The last change of any of its conditions, else when it was made."""
    times = [condition.since for condition in service.conditions() if condition.since]
    return max([*times, *([service.created] if service.created else [])], default=None)


def _log(verdict: Verdict) -> str:
    """Where to read on: the log of the container that the finding blames; empty where it blames none."""
    query = log_of(verdict.finding)
    return query.encode(at="fault") if query else ""


def _version(service: Obj) -> str:
    """The ready revision's number in Knative mode, else the version that the format or a label gives."""
    revision = service.string("status", "components", "predictor", "latestReadyRevision")
    return (
        revision.rpartition("-")[2]
        or service.string("spec", "predictor", "model", "modelFormat", "version")
        or service.labels.get(_VERSION, "")
    )
