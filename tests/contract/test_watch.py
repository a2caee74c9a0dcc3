"""Watches: the same events from both clusters."""

from contextlib import AsyncExitStack

import msgspec
import pytest

from modelsweb import errors
from modelsweb.kube.client import WatchEvent
from tests.contract.cluster import Cluster
from tests.sample_objects import CONFIG_MAP, config_map


def _seen(event: WatchEvent) -> tuple[str, str]:
    return event.type, msgspec.json.decode(event.object)["metadata"].get("name", "")


async def _version(cluster: Cluster) -> str:
    page = await cluster.client.list_page(CONFIG_MAP, namespace=cluster.namespace)
    return page.metadata.resourceVersion


async def test_a_watch_resumes_after_the_version_it_is_given(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    await client.create(CONFIG_MAP, config_map("before"), namespace=namespace)
    version = await _version(cluster)
    await client.create(CONFIG_MAP, config_map("one"), namespace=namespace)
    await client.patch(CONFIG_MAP, {"data": {"key": "2"}}, namespace=namespace, name="one")
    await client.delete(CONFIG_MAP, namespace=namespace, name="one")
    found = []
    async with client.watch(CONFIG_MAP, namespace=namespace, resource_version=version) as events:
        async for event in events:
            found.append(_seen(event))
            if len(found) == 3:
                break
    assert found == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]


async def test_a_deleted_object_comes_with_a_newer_version(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    created = await client.create(CONFIG_MAP, config_map("brief"), namespace=namespace)
    version = created["metadata"]["resourceVersion"]
    async with client.watch(CONFIG_MAP, namespace=namespace, resource_version=version) as events:
        await client.delete(CONFIG_MAP, namespace=namespace, name="brief")
        async for event in events:
            if event.type == "DELETED":
                last = msgspec.json.decode(event.object)
                break
    assert int(last["metadata"]["resourceVersion"]) > int(version)


async def test_a_streaming_list_ends_with_a_marked_bookmark(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    await client.create(CONFIG_MAP, config_map("there"), namespace=namespace)
    names = []
    async with client.watch(CONFIG_MAP, namespace=namespace, send_initial_events=True) as events:
        async for event in events:
            if event.type == "BOOKMARK":
                mark = msgspec.json.decode(event.object)
                break
            assert event.type == "ADDED"
            names.append(_seen(event)[1])
    assert "there" in names
    assert mark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(mark["metadata"]["resourceVersion"]) > 0


async def test_a_selector_shows_an_object_that_leaves_it_as_deleted(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    created = await client.create(CONFIG_MAP, config_map("moving", labels={"in": "yes"}), namespace=namespace)
    params = {
        "watch": "true",
        "labelSelector": "in=yes",
        "resourceVersion": created["metadata"]["resourceVersion"],
        "timeoutSeconds": "20",
    }
    async with client.stream(CONFIG_MAP.path(namespace), params=params, quiet_seconds=20) as chunks:
        change = {"metadata": {"labels": {"in": "no"}}}
        await client.patch(CONFIG_MAP, change, namespace=namespace, name="moving")
        first = msgspec.json.decode(await anext(chunks))
    assert first["type"] == "DELETED"


async def test_a_version_that_is_too_old_expires(cluster: Cluster) -> None:
    await cluster.client.create(CONFIG_MAP, config_map("old"), namespace=cluster.namespace)
    with pytest.raises(errors.ExpiredError, match="too old resource version"):
        await _drain(cluster, "1")


async def _drain(cluster: Cluster, version: str) -> None:
    watch = cluster.client.watch(CONFIG_MAP, namespace=cluster.namespace, resource_version=version)
    async with watch as events:
        async for _ in events:
            pass


async def test_a_version_that_is_no_number_is_refused(cluster: Cluster) -> None:
    with pytest.raises(errors.ModelswebError, match='Invalid value: "abc"'):
        async with cluster.client.watch(CONFIG_MAP, namespace=cluster.namespace, resource_version="abc"):
            pass


async def test_a_watch_ends_after_its_time(cluster: Cluster) -> None:
    async with cluster.client.watch(
        CONFIG_MAP, namespace=cluster.namespace, resource_version=await _version(cluster), timeout_seconds=1
    ) as events:
        assert [event async for event in events if event.type != "BOOKMARK"] == []


async def test_odd_characters_do_not_break_the_stream(cluster: Cluster) -> None:
    client, namespace = cluster.client, cluster.namespace
    version = await _version(cluster)
    odd = "next\u0085line, 模型\u2028\x0b\x0c 表情 🦉"
    async with AsyncExitStack() as stack:
        events = await stack.enter_async_context(
            client.watch(CONFIG_MAP, namespace=namespace, resource_version=version)
        )
        await client.create(CONFIG_MAP, {**config_map("odd"), "data": {"text": odd}}, namespace=namespace)
        async for event in events:
            if event.type == "ADDED" and _seen(event)[1] == "odd":
                found = msgspec.json.decode(event.object)["data"]["text"]
                break
    assert found == odd
