"""The list as a file: every row that fits the filters, on all pages, with the columns that are shown."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from modelsweb.viewmodels.components import cell
from modelsweb.viewmodels.components.list_query import LABEL
from modelsweb.viewmodels.components.service_row import ServiceRow

_VALUES: Mapping[str, Callable[[ServiceRow], object]] = {
    "namespace": lambda row: row.namespace,
    "name": lambda row: row.name,
    "status": lambda row: row.status.value,
    "cause": lambda row: " ".join(str(part) for part in (row.cause, row.effect) if part),
    "format": lambda row: row.model_format,
    "runtime": lambda row: row.runtime,
    "mode": lambda row: row.mode,
    "protocol": lambda row: row.protocol,
    "ready": lambda row: row.replicas.ready if row.replicas else None,
    "wanted": lambda row: row.replicas.wanted if row.replicas else None,
    "gpu": lambda row: row.gpus,
    "traffic": lambda row: "/".join(map(str, row.traffic)),
    "version": lambda row: row.version,
    "owner": lambda row: row.owner,
    "uri": lambda row: row.storage_uri,
    "url": lambda row: row.url,
    "changed": lambda row: _time(row.changed),
    "age": lambda row: _time(row.created),
}
_HEADERS = {"age": "created", "changed": "last change", "uri": "model source"}
_MORE: Mapping[str, tuple[str, ...]] = {
    "load": (),
    "format": ("format", "runtime"),
    "replicas": ("ready", "wanted"),
}


def records(rows: Iterable[ServiceRow], columns: Iterable[str]) -> list[dict[str, object]]:
    """The rows as plain values, with English headers."""
    names = ["namespace", "name", "status", "cause"]
    for column in columns:
        names += [name for name in _MORE.get(column, (column,)) if name not in names]
    return [{_HEADERS.get(name, name): _value(row, name) for name in names} for row in rows]


def to_csv(rows: Iterable[ServiceRow], columns: Iterable[str]) -> str:
    """The rows as CSV, for spreadsheets."""
    return cell.to_csv(records(rows, columns), ("namespace", "name", "status", "cause"))


def _value(row: ServiceRow, name: str) -> object:
    if name.startswith(LABEL):
        return row.label(name)
    return _VALUES[name](row)


def _time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
