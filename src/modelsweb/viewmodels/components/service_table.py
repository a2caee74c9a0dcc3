"""What the list of model services can show: a column or facet is added here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from modelsweb.diagnosis import limits, rules
from modelsweb.diagnosis.verdict import Status
from modelsweb.text import Text, text
from modelsweb.viewmodels.components import search
from modelsweb.viewmodels.components.service_row import ServiceRow
from modelsweb.viewmodels.components.table import (
    Column,
    Facet,
    Order,
    Table,
    label_facet,
    newest_first,
    timestamp,
)
from modelsweb.viewmodels.components.words import STATUS_WORDS

ANY = "any"
"""Of GPUs: one or more."""
KIND = "kind"
LOAD = "load"
"""Requests and errors, where there is a Prometheus."""
LABEL = "label:"
_ORDER = {status: index for index, status in enumerate(Status)}
_FAULTS = {Status.FAILED, Status.DEGRADED}


def is_fault(row: ServiceRow, now: datetime) -> bool:
    """A person is needed: failed, degraded, or waiting for hardware or quota for more than ten minutes."""
    if row.status in _FAULTS:
        return True
    at = _is_late_at(row)
    return at is not None and now > at


def _is_late_at(row: ServiceRow) -> datetime | None:
    """When waiting in a queue becomes a fault; None for what does not wait."""
    since = row.since or row.created
    return since + limits.QUEUE if row.status is Status.QUEUED and since is not None else None


def _by_status(row: ServiceRow) -> Order:
    return _ORDER[row.status], row.name, row.namespace


def _column(key: str, title: Text, *, value: Callable[[ServiceRow], object]) -> Column[ServiceRow]:
    return Column(key=key, title=title, value=value)


NAME: Column[ServiceRow] = Column(
    key="name",
    title=text("Name"),
    value=lambda row: row.name,
    sort=lambda row: (row.name, row.namespace),
)
STATUS: Column[ServiceRow] = Column(
    key="status", title=text("Status"), value=lambda row: row.status.value, sort=_by_status
)
_CAUSE = _column(
    "cause", text("Cause"), value=lambda row: " ".join(str(part) for part in (row.cause, row.effect) if part)
)
NAMESPACE: Column[ServiceRow] = Column(
    key="namespace",
    title=text("Namespace"),
    value=lambda row: row.namespace,
    sort=lambda row: (row.namespace, row.name),
)


def _gpus(row: ServiceRow) -> int:
    """Those of all replicas."""
    of_prefill = row.prefill_gpus * row.prefill.wanted if row.prefill else 0
    return of_prefill + (row.gpus * row.replicas.wanted if row.replicas else 0)


def _label_column(key: str) -> Column[ServiceRow]:
    return Column(
        key=key, title=Text(key.removeprefix(LABEL)), value=lambda row: row.label(key), cell="label"
    )


SERVICES: Table[ServiceRow] = Table(
    leading=(replace(STATUS, exports=(NAMESPACE, NAME, STATUS, _CAUSE)), NAME),
    columns=(
        NAMESPACE,
        Column(
            key="format",
            title=text("Format and runtime"),
            value=lambda row: row.model_format,
            cell="format",
            is_default=True,
            exports=(
                _column("format", text("Format"), value=lambda row: row.model_format),
                _column("runtime", text("Runtime"), value=lambda row: row.runtime),
            ),
        ),
        Column(key="mode", title=text("Mode"), value=lambda row: row.mode, is_default=True),
        Column(key=KIND, title=text("Kind"), value=lambda row: row.kind.kind),
        Column(key="model", title=text("Served model name"), value=lambda row: row.model_name),
        Column(key="group", title=text("Routing group"), value=lambda row: row.group),
        Column(key="protocol", title=text("Protocol"), value=lambda row: row.protocol),
        Column(
            key="replicas",
            title=text("Replicas"),
            value=lambda row: row.replicas.ready if row.replicas else None,
            cell="replicas",
            sort=lambda row: (row.replicas.ready if row.replicas else -1, row.name, row.namespace),
            is_number=True,
            is_default=True,
            exports=(
                _column(
                    "ready", text("Replicas"), value=lambda row: row.replicas.ready if row.replicas else None
                ),
                _column(
                    "wanted",
                    text("Replicas"),
                    value=lambda row: row.replicas.wanted if row.replicas else None,
                ),
            ),
        ),
        Column(
            key="gpu",
            title=text("GPU"),
            value=lambda row: row.gpus,
            cell="gpu",
            sort=lambda row: (-row.gpus, row.name, row.namespace),
            is_number=True,
            is_default=True,
        ),
        Column(
            key=LOAD,
            title=text("Request rate, 1 h"),
            value=lambda row: None,
            cell="load",
            is_default=True,
            exports=(),
        ),
        Column(
            key="traffic",
            title=text("Traffic"),
            value=lambda row: "/".join(map(str, row.traffic)),
            cell="traffic",
            is_default=True,
        ),
        Column(key="version", title=text("Version"), value=lambda row: row.version),
        Column(key="owner", title=text("Owner"), value=lambda row: row.owner),
        Column(
            key="uri",
            title=text("Model source"),
            value=lambda row: row.storage_uri,
            header="model source",
            cell="address",
            is_default=True,
        ),
        Column(key="url", title=text("Endpoint"), value=lambda row: row.url, cell="endpoint"),
        Column(
            key="changed",
            title=text("Last change"),
            value=lambda row: timestamp(row.changed),
            header="last change",
            cell="changed",
            sort=lambda row: (newest_first(row.changed), row.name, row.namespace),
            is_number=True,
        ),
        Column(
            key="age",
            title=text("Age"),
            value=lambda row: timestamp(row.created),
            header="created",
            cell="age",
            sort=lambda row: (newest_first(row.created), row.name, row.namespace),
            is_number=True,
            is_default=True,
        ),
    ),
    facets=(
        Facet(
            key="status",
            title=text("Status"),
            values=lambda row: (row.status.value,),
            known=tuple(status.value for status in Status),
            words=STATUS_WORDS.get,
        ),
        Facet(
            key="why",
            title=text("Cause"),
            values=lambda row: (row.rule,) if row.rule else (),
            words=rules.summary,
        ),
        Facet(
            key="format",
            title=text("Format"),
            values=lambda row: (row.model_format,) if row.model_format else (),
        ),
        Facet(key="mode", title=text("Mode"), values=lambda row: (row.mode,) if row.mode else ()),
        Facet(key="runtime", title=text("Runtime"), values=lambda row: (row.runtime,) if row.runtime else ()),
        Facet(key="namespace", title=text("Namespace"), values=lambda row: (row.namespace,)),
        Facet(
            key="gpu",
            title=text("GPUs per replica"),
            values=lambda row: (ANY, str(row.gpus)) if row.gpus else (),
            first=ANY,
        ),
        label_facet(lambda row: row.labels),
        Facet(key=KIND, title=text("Kind"), values=lambda row: (row.kind.kind,)),
    ),
    orders={"why": lambda row: (not row.rule, row.rule, *_by_status(row))},
    tallies={
        "status": lambda row, now: (row.status.value,),
        KIND: lambda row, now: (row.kind.kind,),
        "fault": lambda row, now: ("fault",) if is_fault(row, now) else (),
        "label": lambda row, now: tuple(key for key, _ in row.labels),
    },
    sums={"gpus": _gpus},
    changes_at=_is_late_at,
    prefix=LABEL,
    on_demand=_label_column,
)


def _label_text(row: ServiceRow) -> str:
    return "\n".join(f"{name}={value}" for name, value in row.labels)


_FIELDS: Mapping[str, Callable[[ServiceRow], str]] = {
    "name": lambda row: row.name,
    "kind": lambda row: row.kind.kind,
    "model": lambda row: row.model_name,
    "group": lambda row: row.group,
    "namespace": lambda row: row.namespace,
    "ns": lambda row: row.namespace,
    "gpu": lambda row: str(row.gpus) if row.gpus else "",
    "status": lambda row: f"{row.status.value} {row.status.value.replace('-', '')}",
    "mode": lambda row: row.mode,
    "runtime": lambda row: row.runtime,
    "format": lambda row: row.model_format,
    "fmt": lambda row: row.model_format,
    "label": _label_text,
    "owner": lambda row: row.owner,
    "cause": lambda row: str(row.cause) if row.cause else "",
    "uri": lambda row: row.storage_uri,
    "protocol": lambda row: row.protocol,
    "version": lambda row: row.version,
}
SEARCH_KEYS = frozenset(_FIELDS)
SHORT_KEYS = frozenset({"ns", "fmt"})
"""Others say the same."""


def matches(row: ServiceRow, wanted: search.Search) -> bool:
    """Whether a row fits what was typed."""
    if not wanted.matchers:
        return True
    labels = " ".join(f"{key}={value}" for key, value in row.labels)
    cause = str(row.cause) if row.cause else ""
    words = (
        row.name,
        row.model_name,
        row.namespace,
        row.model_format,
        row.runtime,
        row.storage_uri,
        cause,
        labels,
    )
    return wanted.matches(
        search.fold("\n".join(words)), lambda key: search.fold(_FIELDS[key](row)) if key in _FIELDS else None
    )
