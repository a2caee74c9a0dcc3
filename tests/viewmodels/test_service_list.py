"""The list's view model: order, counts and what a row says of objects with holes."""

from datetime import UTC, datetime
from typing import Any

from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness, Health, Snapshot
from modelsweb.viewmodels import service_list

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _service(name: str, **rest: Any) -> Obj:
    metadata = {"name": name, "uid": f"uid-{name}", "creationTimestamp": "2026-11-22T11:00:00Z"}
    return Obj({"metadata": {**metadata, **rest.pop("metadata", {})}, **rest})


def _ready(name: str) -> Obj:
    return _service(name, status={"conditions": [{"type": "Ready", "status": "True"}]})


def _failed(name: str) -> Obj:
    conditions = [{"type": "Ready", "status": "False"}]
    model = {"transitionStatus": "InvalidSpec", "lastFailureInfo": {"reason": "NoSupportingRuntime"}}
    return _service(name, status={"conditions": conditions, "modelStatus": model})


def _built(*objects: Obj) -> service_list.ServiceList:
    snapshot = Snapshot(objects, Health(Freshness.LIVE, NOW))
    return service_list.build(snapshot, namespace="ns", now=NOW, may_create=True, may_delete=False)


def test_what_needs_attention_comes_first_then_the_name() -> None:
    model = _built(_ready("b"), _ready("a"), _failed("z"), _service("silent"))
    assert [row.name for row in model.rows] == ["z", "silent", "a", "b"]


def test_every_service_is_counted_once() -> None:
    model = _built(_ready("b"), _ready("a"), _failed("z"))
    assert [(part.status, part.count) for part in model.counts] == [(Status.FAILED, 1), (Status.READY, 2)]
    assert model.total == 3


def test_what_is_not_known_is_empty() -> None:
    (row,) = _built(_service("bare")).rows
    assert (row.model_format, row.runtime, row.storage_uri, row.url) == ("", "", "", "")
    assert row.age.at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def test_a_namespace_without_services_has_neither_rows_nor_counts() -> None:
    model = _built()
    assert (model.rows, model.counts, model.total) == ((), (), 0)
