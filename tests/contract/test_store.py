"""The store through outages: whatever happens, it ends equal to a fresh list."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from modelsweb.clock import SystemClock
from modelsweb.kube.client import KubeClient
from modelsweb.objects.freshness import Freshness
from modelsweb.store.store import Store
from tests.contract.cluster import Cluster, Proxy, proxied
from tests.sample_objects import CONFIG_MAP, config_map
from tests.waiting import until


@asynccontextmanager
async def _followed(cluster: Cluster) -> AsyncIterator[tuple[Store, Proxy]]:
    store = Store(CONFIG_MAP, SystemClock())
    async with proxied(cluster.connection) as (connection, proxy), KubeClient(connection) as client:
        running = asyncio.ensure_future(store.run(client))
        try:
            await until(lambda: store.health.freshness is Freshness.LIVE)
            yield store, proxy
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def _fresh(cluster: Cluster) -> dict[str, str]:
    items, _ = await cluster.client.list_all(CONFIG_MAP, namespace=cluster.namespace)
    found = [msgspec.json.decode(item)["metadata"] for item in items]
    return {metadata["name"]: metadata["resourceVersion"] for metadata in found}


def _held(store: Store, cluster: Cluster) -> dict[str, str]:
    return {item.name: item.resource_version for item in store.items(cluster.namespace)}


async def _equal(store: Store, cluster: Cluster) -> bool:
    return _held(store, cluster) == await _fresh(cluster)


async def test_changes_arrive(cluster: Cluster) -> None:
    async with _followed(cluster) as (store, _):
        await cluster.client.create(CONFIG_MAP, config_map("new"), namespace=cluster.namespace)
        item = await until(lambda: store.item(cluster.namespace, "new"))
        assert item is not None
        assert b"managedFields" not in item.raw
        await cluster.client.delete(CONFIG_MAP, namespace=cluster.namespace, name="new")
        await until(lambda: store.item(cluster.namespace, "new") is None)


async def test_a_lost_connection_is_stale_then_live_and_equal(cluster: Cluster) -> None:
    async with _followed(cluster) as (store, proxy):
        await cluster.client.create(CONFIG_MAP, config_map("kept"), namespace=cluster.namespace)
        await until(lambda: store.item(cluster.namespace, "kept"))
        proxy.cut()
        await until(lambda: store.health.freshness is Freshness.STALE)
        assert store.item(cluster.namespace, "kept") is not None
        await cluster.client.create(CONFIG_MAP, config_map("missed"), namespace=cluster.namespace)
        proxy.mend()
        await until(lambda: store.health.freshness is Freshness.LIVE)
        await until(lambda: _equal(store, cluster))


async def test_killing_the_server_and_losing_history_leaves_no_ghost_and_no_double(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    async with _followed(cluster) as (store, proxy):
        for name in ("stays", "goes", "changes"):
            await client.create(CONFIG_MAP, config_map(name), namespace=namespace)
        await until(lambda: _equal(store, cluster))
        proxy.cut()
        await until(lambda: store.health.freshness is Freshness.STALE)
        await client.delete(CONFIG_MAP, namespace=namespace, name="goes")
        await client.patch(CONFIG_MAP, {"data": {"key": "2"}}, namespace=namespace, name="changes")
        await client.create(CONFIG_MAP, config_map("comes"), namespace=namespace)
        await cluster.lose_history()
        proxy.mend()
        await until(lambda: _equal(store, cluster))
        assert {"stays", "changes", "comes"} <= _held(store, cluster).keys()
        assert "goes" not in _held(store, cluster)


async def test_a_server_that_dies_during_the_watch_is_followed_again(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    store = Store(CONFIG_MAP, SystemClock())
    async with KubeClient(cluster.connection) as own:
        running = asyncio.ensure_future(store.run(own))
        try:
            await until(lambda: store.health.freshness is Freshness.LIVE)
            await cluster.lose_history()
            await client.create(CONFIG_MAP, config_map("after"), namespace=namespace)
            await until(lambda: _equal(store, cluster))
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
