"""What a model cache is said to be, by the nodes that KServe reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modelsweb.clock import format_time
from modelsweb.diagnosis.status import model_cache
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import LLM_INFERENCE_SERVICE, LOCAL_MODEL_CACHE
from modelsweb.objects.obj import Obj
from modelsweb.topology.health import Mood
from modelsweb.topology.service_snapshot import service_snapshot
from modelsweb.viewmodels.components.storage_overview import storage_overview

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _cache(nodes: dict[str, str], *, age: int = 3600, **more: Any) -> Obj:
    made = format_time(NOW - timedelta(seconds=age))
    metadata = {"name": "one", "creationTimestamp": made, **more.pop("metadata", {})}
    spec = {"sourceModelUri": "hf://org/m", "modelSize": 14, "nodeGroups": ["a"]}
    return Obj({"metadata": metadata, "spec": spec, "status": {"nodeStatus": nodes, **more}})


def _judge(cache: Obj) -> Verdict:
    return model_cache.judge(service_snapshot(cache, {}), NOW)


@pytest.mark.parametrize(
    ("nodes", "status", "said"),
    [
        ({"a": "NodeDownloaded"}, Status.READY, ""),
        (
            {"a": "NodeDownloaded", "b": "NodeDownloadError"},
            Status.DEGRADED,
            "fails on 1 of 2 nodes, b among them",
        ),
        ({"a": "NodeDownloadError"}, Status.FAILED, "fails on 1 of 1 nodes"),
        ({"a": "NodeDownloading", "b": "NodeDownloadPending"}, Status.STARTING, "0 of 2 nodes hold it"),
        ({"a": "NodeDownloading", "b": "NodeDownloaded"}, Status.UPDATING, "1 of 2 nodes hold it"),
        ({"a": "NodeNotReady", "b": "NodeDownloaded"}, Status.DEGRADED, "1 of 2 nodes are not ready"),
        ({"a": "NodeNotReady"}, Status.FAILED, "1 of 1 nodes are not ready"),
        ({"a": "NodeOfTomorrow"}, Status.UNKNOWN, "does not know"),
        ({}, Status.UNKNOWN, "reports no node"),
    ],
)
def test_the_nodes_count(nodes: dict[str, str], status: Status, said: str) -> None:
    """Whatever the counts beside them say."""
    verdict = _judge(_cache(nodes, copies={"available": 9, "total": 9, "failed": 0}))
    assert verdict.status is status
    assert said in str(verdict.cause or "")


def test_a_new_cache_without_nodes_starts() -> None:
    verdict = _judge(_cache({}, age=1))
    assert verdict.status is Status.STARTING
    assert verdict.due is not None


def test_who_uses_it_holds_it() -> None:
    users = [{"name": "chat", "namespace": "team"}]
    gone = {"deletionTimestamp": format_time(NOW), "finalizers": ["localmodel.kserve.io/finalizer"]}
    cache = _cache({"a": "NodeDownloaded"}, metadata=gone, llmInferenceServices=users)
    assert _judge(cache).status is Status.DELETING
    assert "1 do, chat among them" in str(_judge(cache).cause)
    overview = storage_overview(LOCAL_MODEL_CACHE, cache)
    assert overview is not None
    assert [(one.plural, one.namespace, one.name) for one in overview.readers or ()] == [
        ("llminferenceservices", "team", "chat")
    ]
    assert [one.mood for one in overview.nodes or ()] == [Mood.GOOD]
    assert storage_overview(LLM_INFERENCE_SERVICE, cache) is None
