"""The log that is read once for all, on both clusters: followed, many pods, cut in the middle, previous runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from modelsweb.clock import SystemClock
from modelsweb.kinds import POD
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from modelsweb.store.container_log import ContainerLog, LogKey, LogState
from modelsweb.store.feed import Subscription
from modelsweb.store.logs import Logs
from modelsweb.store.store import Store
from tests.contract.cluster import Cluster, proxied, running_pod
from tests.sample_objects import pod
from tests.waiting import until

SERVICE = "serving.kserve.io/inferenceservice"


@asynccontextmanager
async def reading(connection: Connection, *found: dict[str, Any]) -> AsyncIterator[tuple[Logs, Store]]:
    """Logs that are read over a connection, and the store of pods, which knows those found."""
    pods = Store(POD, SystemClock())
    async with KubeClient(connection) as client, asyncio.TaskGroup() as group:
        logs = Logs(client, (pods,), clock=SystemClock())
        tasks = [group.create_task(pods.run(client)), group.create_task(logs.run())]
        names = [(one["metadata"]["namespace"], one["metadata"]["name"]) for one in found]
        await until(lambda: pods.is_synced and all(pods.item(*name) for name in names))
        yield logs, pods
        for task in tasks:
            task.cancel()


async def labelled(cluster: Cluster, name: str) -> dict[str, Any]:
    body = pod(name)
    body["metadata"]["labels"] = {SERVICE: "iris"}
    return await running_pod(cluster, body)


def key_of(found: dict[str, Any], *, previous: bool = False) -> LogKey:
    metadata = found["metadata"]
    return LogKey(
        namespace=metadata["namespace"],
        service="iris",
        pod=metadata["name"],
        uid=metadata["uid"],
        container="main",
        previous=previous,
        owner="place/service",
    )


def marked(log: ContainerLog, mark: str) -> list[str]:
    """The lines that a test wrote: the real kubelet's stand-in gives all containers one log."""
    batches, _ = log.last_lines(1_000_000)
    lines = [text for batch in batches for _, text in json.loads(b"[" + batch.data + b"]")]
    return [text.removeprefix(f"{mark} ") for text in lines if text.startswith(f"{mark} ")]


async def test_many_viewers_cost_one_request(cluster: Cluster) -> None:
    found = await labelled(cluster, "shared")
    mark = found["metadata"]["uid"]
    async with AsyncExitStack() as stack:
        connection, proxy = await stack.enter_async_context(proxied(cluster.connection))
        logs, _ = await stack.enter_async_context(reading(connection, found))
        before = proxy.accepted
        viewers = [stack.enter_context(logs.joined(key_of(found), Subscription())) for _ in range(20)]
        await until(lambda: viewers[0].has_history)
        for number in range(50):
            await cluster.write_log(found, "main", f"{mark} 第 {number} 行")
        await until(lambda: len(marked(viewers[0], mark)) == 50)
        assert marked(viewers[0], mark) == [f"第 {number} 行" for number in range(50)]
        assert all(viewer is viewers[0] for viewer in viewers)
        assert proxy.accepted - before == 1


async def test_a_log_cut_in_the_middle_goes_on_without_loss_or_doubling(cluster: Cluster) -> None:
    found = await labelled(cluster, "cut")
    mark = found["metadata"]["uid"]
    async with AsyncExitStack() as stack:
        connection, proxy = await stack.enter_async_context(proxied(cluster.connection))
        logs, _ = await stack.enter_async_context(reading(connection, found))
        log = stack.enter_context(logs.joined(key_of(found), Subscription()))
        await until(lambda: log.has_history)
        for number in range(200):
            await cluster.write_log(found, "main", f"{mark} {number}")
            if number % 50 == 25:
                proxy.cut()
                proxy.mend()
        await until(lambda: marked(log, mark)[-1:] == ["199"])
        assert marked(log, mark) == [str(number) for number in range(200)]


async def test_the_api_server_restarted_in_mid_stream_loses_nothing(cluster: Cluster) -> None:
    found = await labelled(cluster, "restarted")
    mark = found["metadata"]["uid"]
    async with AsyncExitStack() as stack:
        logs, _ = await stack.enter_async_context(reading(cluster.connection, found))
        log = stack.enter_context(logs.joined(key_of(found), Subscription()))
        await until(lambda: log.has_history)
        for number in range(20):
            await cluster.write_log(found, "main", f"{mark} {number}")
        await cluster.lose_history()
        for number in range(20, 40):
            await cluster.write_log(found, "main", f"{mark} {number}")
        await until(lambda: marked(log, mark)[-1:] == ["39"])
        assert marked(log, mark) == [str(number) for number in range(40)]


async def test_a_pod_that_appears_is_read_and_one_that_dies_stays_readable(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelsweb.store.logs._SWEEP_SECONDS", 0.1)
    monkeypatch.setattr("modelsweb.store.logs._LAST_WORDS_SECONDS", 0.5)
    first = await labelled(cluster, "first")
    async with AsyncExitStack() as stack:
        logs, pods = await stack.enter_async_context(reading(cluster.connection, first))
        old = stack.enter_context(logs.joined(key_of(first), Subscription()))
        mark = first["metadata"]["uid"]
        await until(lambda: old.has_history)
        await cluster.write_log(first, "main", f"{mark} last words")
        await until(lambda: marked(old, mark) == ["last words"])
        second = await labelled(cluster, "second")
        await until(lambda: pods.item(cluster.namespace, "second"))
        new = stack.enter_context(logs.joined(key_of(second), Subscription()))
        await until(lambda: new.has_history)
        await cluster.write_log(second, "main", f"{second['metadata']['uid']} hello")
        await until(lambda: marked(new, second["metadata"]["uid"]) == ["hello"])
        await cluster.client.delete(POD, namespace=cluster.namespace, name="first", grace_seconds=0)
        await until(lambda: old.state is LogState.ENDED)
        assert marked(old, mark) == ["last words"]
        assert key_of(first) in logs.kept(cluster.namespace, "iris", owner="place/service")


async def test_a_run_before_this_one_is_read_to_its_end(cluster: Cluster) -> None:
    found = await labelled(cluster, "crashed")
    mark = found["metadata"]["uid"]
    for number in range(3):
        await cluster.write_log(found, "main", f"{mark} {number}")
    await cluster.restart_container(found, "main")
    async with reading(cluster.connection, found) as (logs, _):
        with logs.joined(key_of(found, previous=True), Subscription()) as log:
            await until(lambda: log.state is LogState.ENDED)
            assert marked(log, mark) == ["0", "1", "2"]


async def test_a_run_before_this_one_is_refused_where_there_was_none(cluster: Cluster) -> None:
    found = await labelled(cluster, "only-run")
    async with AsyncExitStack() as stack:
        logs, _ = await stack.enter_async_context(reading(cluster.connection, found))
        log = stack.enter_context(logs.joined(key_of(found, previous=True), Subscription()))
        await until(lambda: log.state is LogState.ENDED)
        assert marked(log, found["metadata"]["uid"]) == []
