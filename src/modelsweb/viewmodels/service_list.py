"""The list of a namespace's InferenceServices."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.verdict import Status, judge
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.text import Text
from modelsweb.topology import predictor
from modelsweb.viewmodels.parts.age import Age, age
from modelsweb.viewmodels.parts.freshness import Live, live

_ORDER = {status: index for index, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service. Empty strings stand for what is not known or does not apply."""

    uid: str
    name: str
    status: Status
    cause: Text | None
    model_format: str
    runtime: str
    mode: str
    protocol: str
    storage_uri: str
    url: str
    age: Age


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many services are in a state."""

    status: Status
    count: int


@dataclass(frozen=True, slots=True)
class ServiceList:
    """The page: rows that need attention first, then by name."""

    namespace: str
    rows: tuple[ServiceRow, ...]
    counts: tuple[StatusCount, ...]
    live: Live
    may_create: bool
    may_delete: bool

    @property
    def total(self) -> int:
        """How many services there are."""
        return len(self.rows)


def build(
    snapshot: Snapshot, *, namespace: str, now: datetime, may_create: bool, may_delete: bool
) -> ServiceList:
    """The page for the services in the snapshot."""
    rows = tuple(sorted((row(service, now) for service in snapshot.objects), key=_attention_first))
    found = [row.status for row in rows]
    counts = tuple(StatusCount(status, found.count(status)) for status in Status if status in found)
    return ServiceList(namespace, rows, counts, live(snapshot.health), may_create, may_delete)


def row(service: Obj, now: datetime) -> ServiceRow:
    """The row of one service."""
    verdict = judge(service, now)
    return ServiceRow(
        uid=service.uid,
        name=service.name,
        status=verdict.status,
        cause=verdict.cause,
        model_format=predictor.model_format(service),
        runtime=predictor.runtime(service).removeprefix("kserve-"),
        mode=predictor.mode(service),
        protocol=predictor.protocol(service),
        storage_uri=predictor.storage_uri(service),
        url=predictor.external_url(service) or predictor.internal_url(service),
        age=age(service.created, now),
    )


def _attention_first(row: ServiceRow) -> tuple[int, str]:
    return _ORDER[row.status], row.name
