"""A value that is costly to make rests before it is made again; who may not see everything has values of their own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
from tests.standing import Time
from tests.waiting import LIMIT, until

from modelsweb import errors
from modelsweb.gateway.reader import Reader
from modelsweb.kinds import (
    CHILDREN,
    CLUSTER_SERVING_RUNTIME,
    EVENT,
    INFERENCE_SERVICE,
    NAMESPACE,
    POD,
    ROUTE,
    RUNTIME_POD,
    SERVING_RUNTIME,
    SHARED,
)
from modelsweb.kube import follow
from modelsweb.kube.item import slim
from modelsweb.objects.freshness import Gap
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.events import make_stores
from modelsweb.store.projection import _MAX_VIEWS, Projection
from modelsweb.store.store import Store


class Maker:
    """Counts what it is asked for, and takes some time for it."""

    def __init__(self, clock: Time, seconds: float) -> None:
        self.children: list[Mapping[Kind, list[Obj]]] = []
        self._clock = clock
        self._seconds = seconds

    def __call__(self, snapshot: Snapshot) -> tuple[int, datetime | None, frozenset[Kind]]:
        if snapshot.gaps.get(POD) is Gap.FORBIDDEN:
            return 0, None, frozenset()
        self.children.append(snapshot.members)
        self._clock.seconds += self._seconds
        return len(self.children), None, frozenset()


def _put(stores: Mapping[Kind, Store], kind: Kind, name: str, version: int = 1) -> None:
    metadata = {"name": name, "namespace": "ns", "uid": name, "resourceVersion": str(version)}
    labels = {"labels": {"serving.kserve.io/inferenceservice": "iris"}}
    item = slim(msgspec.json.encode({"metadata": metadata | (labels if kind is POD else {})}), kind)
    stores[kind].apply(follow.Put(item))


async def _changed_often(seconds: float) -> tuple[int, int]:
    """How often a value that takes so long was made of a hundred changes, and after it had rested."""
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), clock)
    make = Maker(clock, seconds)
    projection = Projection(
        stores, INFERENCE_SERVICE, of=(POD,), make=make, clock=clock, children=ChildReader(stores)
    )
    task = asyncio.create_task(projection.run())
    _put(stores, INFERENCE_SERVICE, "iris")
    await _made(projection)
    for version in range(100):
        _put(stores, POD, "p", version)
        await _made(projection)
    often = len(make.children)
    clock.seconds += 1_000
    projection._wake.set()

    async def rested() -> bool:
        return not projection._resting

    await until(rested)
    await _made(projection)
    task.cancel()
    return often, len(make.children)


async def _made(projection: Projection[Any]) -> None:
    async def made() -> bool:
        return not projection._dirty

    await until(made)


async def test_what_is_cheap_is_made_for_each_change() -> None:
    often, _ = await _changed_often(0.0)
    assert often >= 100


async def test_what_is_costly_is_made_seldom_and_the_last_change_is_not_lost() -> None:
    often, rested = await _changed_often(0.5)
    assert often <= 2
    assert rested == often + 1


async def test_a_few_changes_in_a_row_are_made_at_once_though_they_cost() -> None:
    often, rested = await _changed_often(0.001)
    assert 5 <= often <= 10
    assert rested == often + 1


async def test_that_there_are_no_pods_is_said_once_they_were_read() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), clock)
    make = Maker(clock, 0.0)
    projection = Projection(
        stores, INFERENCE_SERVICE, of=(POD,), make=make, clock=clock, children=ChildReader(stores)
    )
    task = asyncio.create_task(projection.run())
    _put(stores, INFERENCE_SERVICE, "iris")
    await _made(projection)
    assert POD not in make.children[-1]
    stores[POD].apply(follow.Replaced([]))
    await _made(projection)
    assert make.children[-1][POD] == []
    task.cancel()


class Telling:
    """A value that says which kinds it was made of, and which not and why."""

    def __call__(self, snapshot: Snapshot) -> tuple[str, datetime | None, frozenset[Kind]]:
        members = [f"{kind.kind} {len(some)}" for kind, some in snapshot.members.items()]
        gaps = sorted((kind.kind, gap) for kind, gap in snapshot.gaps.items())
        return ", ".join(members + [f"{kind} {gap}" for kind, gap in gaps]), None, frozenset(SHARED)


@asynccontextmanager
async def _telling() -> AsyncIterator[tuple[Projection[str], Mapping[Kind, Store], Time]]:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), clock)
    projection = Projection(
        stores,
        INFERENCE_SERVICE,
        of=(POD, EVENT, ROUTE),
        make=Telling(),
        clock=clock,
        children=ChildReader(stores),
    )
    _put(stores, INFERENCE_SERVICE, "iris")
    _put(stores, POD, "p")
    stores[EVENT].apply(follow.Replaced([]))
    stores[ROUTE].apply(follow.Broken(errors.NotFoundError("no such kind")))
    task = asyncio.create_task(projection.run())
    await _made(projection)
    yield projection, stores, clock
    task.cancel()


def _values(projection: Projection[str], *hidden: Kind) -> list[str]:
    return [entry.value for _, entry in projection.entries("ns", frozenset(hidden))]


async def test_each_set_of_rights_has_values_made_of_what_it_may_see() -> None:
    async with _telling() as (projection, stores, _):
        assert _values(projection) == ["Pod 1, Event 0, Route 0, Route absent"]
        assert _values(projection, POD, EVENT) == ["Route 0, Event forbidden, Pod forbidden, Route absent"]
        # While the values of a new set are being made, what nobody may be denied is told.
        assert _values(projection, EVENT) == _values(projection, POD, EVENT)
        await projection.prepare({"ns": frozenset({EVENT}), "other": frozenset({EVENT})}, seconds=LIMIT)
        await _made(projection)
        assert _values(projection, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]
        number = next(entry.number for _, entry in projection.entries("ns", frozenset({EVENT})))
        _put(stores, POD, "q")
        await _made(projection)
        assert _values(projection, EVENT) == ["Pod 2, Route 0, Event forbidden, Route absent"]
        assert next(entry.number for _, entry in projection.entries("ns", frozenset({EVENT}))) > number


async def test_a_list_waits_for_the_first_of_its_rights() -> None:
    async with _telling() as (projection, _, _clock):
        await projection.prepare({"ns": frozenset({EVENT})}, seconds=LIMIT)
        assert _values(projection, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]


async def test_only_so_many_sets_are_kept_and_none_that_is_in_use_makes_room() -> None:
    async with _telling() as (projection, _, clock):
        kinds = [kind for kind in CHILDREN if kind not in {POD, EVENT, ROUTE}]
        sets = [frozenset({EVENT, kind}) for kind in kinds[:_MAX_VIEWS]]
        for one in sets:
            await projection.prepare({"ns": one}, seconds=LIMIT)
        without = [frozenset({EVENT}), frozenset({POD})]
        await projection.prepare({"ns": without[0]}, seconds=LIMIT)
        assert _values(projection, EVENT) == _values(projection, POD, EVENT)
        clock.seconds += 100
        await projection.prepare({"ns": without[0]}, seconds=LIMIT)
        assert _values(projection, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]
        assert len(projection._views["ns"]) == _MAX_VIEWS


async def test_a_set_that_somebody_looks_at_makes_room_for_none() -> None:
    async with _telling() as (projection, stores, clock):
        looked_at = {"ns": frozenset({EVENT})}
        await projection.prepare(looked_at, seconds=LIMIT)
        with projection.holding(looked_at):
            clock.seconds += 1_000
            for kind in [kind for kind in CHILDREN if kind not in {POD, EVENT, ROUTE}][:_MAX_VIEWS]:
                await projection.prepare({"ns": frozenset({EVENT, kind})}, seconds=LIMIT)
                clock.seconds += 1_000
            _put(stores, POD, "q")
            await _made(projection)
            assert list(projection._views["ns"]) == [looked_at["ns"]]
            assert _values(projection, EVENT) == ["Pod 2, Route 0, Event forbidden, Route absent"]
        clock.seconds += 1_000
        _put(stores, POD, "r")
        await _made(projection)
        assert not projection._views["ns"]


async def test_a_new_set_is_made_though_the_service_rests() -> None:
    async with _telling() as (projection, _, clock):
        projection._rests["ns", "iris"] = clock.monotonic() + 100
        await projection.prepare({"ns": frozenset({EVENT})}, seconds=LIMIT)
        assert _values(projection, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]


async def test_pods_of_a_runtime_concern_those_who_lean_on_them() -> None:
    class Leaning(Telling):
        def __call__(self, snapshot: Snapshot) -> tuple[str, datetime | None, frozenset[Kind]]:
            made.append(snapshot.root.name)
            leans = frozenset({RUNTIME_POD}) if snapshot.root.name == "mesh" else frozenset[Kind]()
            return (*super().__call__(snapshot)[:2], leans)

    made: list[str] = []
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN, *SHARED), clock)
    projection = Projection(
        stores,
        INFERENCE_SERVICE,
        of=(RUNTIME_POD,),
        make=Leaning(),
        clock=clock,
        children=ChildReader(stores),
    )
    task = asyncio.create_task(projection.run())
    stores[RUNTIME_POD].apply(follow.Replaced([]))
    for name in ("mesh", "iris"):
        _put(stores, INFERENCE_SERVICE, name)
    await _made(projection)
    made.clear()
    _put(stores, RUNTIME_POD, "modelmesh-serving-x")
    await _made(projection)
    assert set(made) == {"mesh"}
    task.cancel()


async def test_a_runtime_that_changes_concerns_all_who_may_use_it() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN, *SHARED), clock)
    projection = Projection(
        stores, INFERENCE_SERVICE, of=SHARED, make=Telling(), clock=clock, children=ChildReader(stores)
    )
    for kind in SHARED:
        stores[kind].apply(follow.Replaced([]))
    _put(stores, INFERENCE_SERVICE, "iris")
    task = asyncio.create_task(projection.run())
    await _made(projection)
    assert "ClusterServingRuntime 0" in _values(projection)[0]
    item = slim(b'{"metadata": {"name": "sk", "uid": "sk"}}', CLUSTER_SERVING_RUNTIME)
    stores[CLUSTER_SERVING_RUNTIME].apply(follow.Put(item))
    _put(stores, SERVING_RUNTIME, "sk")
    await _made(projection)
    assert "ClusterServingRuntime 1" in _values(projection)[0]
    assert ", ServingRuntime 1" in f", {_values(projection)[0]}"
    stores[CLUSTER_SERVING_RUNTIME].apply(follow.Removed(item))
    await _made(projection)
    assert "ClusterServingRuntime 0" in _values(projection)[0]
    task.cancel()


async def test_the_app_is_ready_as_soon_as_the_lists_were_read_and_stays_so() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, NAMESPACE, *CHILDREN), clock)
    projection = Projection(
        stores,
        INFERENCE_SERVICE,
        of=(POD,),
        make=Maker(clock, 0.0),
        clock=clock,
        children=ChildReader(stores),
    )
    children, kinds = ChildReader(stores), {INFERENCE_SERVICE: projection}
    nobody: Any = None
    reader = Reader(
        nobody,
        stores,
        projections=kinds,
        children=children,
        recently_deleted={},
        authorization=nobody,
        clock=clock,
    )
    seen = [reader.is_synced]
    for store in stores.values():
        store.apply(follow.Replaced([]))
    seen.append(reader.is_synced)
    _put(stores, INFERENCE_SERVICE, "iris")  # what changes later is no reason to send nobody here
    assert [*seen, projection.is_synced, reader.is_synced] == [False, True, False, True]
