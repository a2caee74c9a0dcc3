"""What the store makes of each thing that its follower can say."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import pytest
from tests.waiting import LIMIT, until

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, NAMESPACE
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from modelsweb.kube.item import Item, slim
from modelsweb.objects.freshness import Freshness
from modelsweb.objects.kind import Kind
from modelsweb.store.store import Store

AWAY = follow.Broken(errors.UnavailableError("away"))
REFUSED = follow.Broken(errors.ForbiddenError("no right"))
UNKNOWN = follow.Broken(errors.NotFoundError("no such resource"))


def _item(name: str, version: str = "1", namespace: str = "ns") -> Item:
    metadata = {"name": name, "namespace": namespace, "uid": name, "resourceVersion": version}
    return slim(msgspec.json.encode({"metadata": metadata}), INFERENCE_SERVICE)


async def _after(monkeypatch: pytest.MonkeyPatch, *changes: follow.Change) -> Store:
    """A store to which a follower has said these things."""
    store = Store(INFERENCE_SERVICE, SystemClock())
    await _tell(monkeypatch, store, *changes)
    return store


async def _tell(monkeypatch: pytest.MonkeyPatch, store: Store, *changes: follow.Change) -> None:
    async def said(*_: object, **__: object) -> AsyncGenerator[follow.Change, None]:
        for change in changes:
            yield change

    monkeypatch.setattr(follow, "follow", said)
    await store.run(KubeClient(Connection(server="http://127.0.0.1:1")))


@pytest.mark.parametrize(
    ("changes", "freshness"),
    [
        ((), Freshness.LOADING),
        ((AWAY,), Freshness.LOADING),
        ((REFUSED,), Freshness.DENIED),
        ((UNKNOWN,), Freshness.ABSENT),
        ((REFUSED, AWAY), Freshness.LOADING),
        ((UNKNOWN, AWAY), Freshness.LOADING),
        ((follow.Replaced([]),), Freshness.LIVE),
        ((follow.Replaced([]), AWAY), Freshness.STALE),
        ((follow.Replaced([]), AWAY, follow.Progress()), Freshness.LIVE),
    ],
)
async def test_freshness_claims_no_more_than_was_read(
    monkeypatch: pytest.MonkeyPatch, changes: tuple[follow.Change, ...], freshness: Freshness
) -> None:
    store = await _after(monkeypatch, *changes)
    assert store.health.freshness is freshness


async def test_what_was_read_stays_while_the_cluster_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    store = await _after(monkeypatch, follow.Replaced([_item("a"), _item("b")]), AWAY)
    assert [item.name for item in store.items("ns")] == ["a", "b"]
    assert store.health.problem == "away"


async def test_a_new_list_ends_in_no_ghost_and_wakes_only_where_it_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = [_item("a"), _item("gone"), _item("same", namespace="other")]
    store = await _after(monkeypatch, follow.Replaced(before))
    with store.feed.subscribe("ns") as here, store.feed.subscribe("other") as elsewhere:
        after = [_item("a", "2"), _item("same", namespace="other")]
        await _tell(monkeypatch, store, follow.Replaced(after))
        await asyncio.wait_for(here.wait(), LIMIT)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(elsewhere.wait(), 0)
    assert [(item.name, item.resource_version) for item in store.items()] == [("a", "2"), ("same", "1")]


async def test_single_changes_are_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    store = await _after(
        monkeypatch,
        follow.Replaced([_item("a")]),
        follow.Put(_item("a", "2")),
        follow.Put(_item("b")),
        follow.Removed(_item("b", "3")),
        follow.Removed(_item("never there")),
    )
    assert [(item.name, item.resource_version) for item in store.items()] == [("a", "2")]
    assert len(store) == 1


async def test_a_confined_store_follows_each_namespace_and_is_as_fresh_as_the_worst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: dict[str | None, list[follow.Change]] = {
        "a": [follow.Replaced([_item("one", namespace="a"), _item("two", namespace="a")])],
        "b": [follow.Replaced([_item("three", namespace="b")])],
    }

    async def follow_namespace(
        *_: object, namespace: str | None, **__: object
    ) -> AsyncGenerator[follow.Change, None]:
        for change in said[namespace]:
            yield change

    monkeypatch.setattr(follow, "follow", follow_namespace)
    store = Store(INFERENCE_SERVICE, SystemClock(), namespaces=["b", "a"])
    client = KubeClient(Connection(server="http://127.0.0.1:1"))
    seen = []
    await store.run(client)
    assert [item.name for item in store.items()] == ["one", "two", "three"]
    seen.append(store.health.freshness)
    said["a"], said["b"] = [follow.Replaced([_item("two", namespace="a")])], [AWAY]
    await store.run(client)
    assert [item.name for item in store.items()] == ["two", "three"]
    seen.append(store.health.freshness)
    said["a"], said["b"] = [REFUSED], [follow.Progress()]
    await store.run(client)
    seen.append(store.health.freshness)
    assert seen == [Freshness.LIVE, Freshness.STALE, Freshness.DENIED]


async def test_a_confined_store_of_a_kind_without_namespaces_follows_the_cluster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []

    async def remember(
        *_: object, namespace: str | None, **__: object
    ) -> AsyncGenerator[follow.Change, None]:
        asked.append(namespace)
        yield follow.Progress()

    monkeypatch.setattr(follow, "follow", remember)
    await Store(NAMESPACE, SystemClock(), namespaces=["a"]).run(
        KubeClient(Connection(server="http://127.0.0.1:1"))
    )
    assert asked == [None]


@pytest.mark.parametrize("served", ["v1alpha2", "v1alpha1", ""])
async def test_a_kind_is_followed_in_the_version_that_the_cluster_has(
    monkeypatch: pytest.MonkeyPatch, served: str
) -> None:
    asked: list[str] = []

    async def said(_: KubeClient, kind: Kind, **__: object) -> AsyncGenerator[follow.Change, None]:
        asked.append(kind.version)
        if kind.version != served:
            yield UNKNOWN
            return
        yield follow.Replaced([])
        await asyncio.Event().wait()

    monkeypatch.setattr(follow, "follow", said)
    store = Store(LLM_INFERENCE_SERVICE, SystemClock())
    task = asyncio.create_task(store.run(KubeClient(Connection(server="http://127.0.0.1:1"))))
    wanted = Freshness.LIVE if served else Freshness.ABSENT

    async def is_told() -> bool:
        return store.health.freshness is wanted

    await until(is_told)
    task.cancel()
    assert asked == (["v1alpha2"] if served == "v1alpha2" else ["v1alpha2", "v1alpha1"])
