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
from modelsweb.gateway.board import _MOST_VIEWS, Board
from modelsweb.gateway.families import Families
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
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Gap
from modelsweb.store.events import make_stores
from modelsweb.store.store import Store


class Maker:
    """Counts what it is asked for, and takes some time for it."""

    def __init__(self, clock: Time, seconds: float) -> None:
        self.children: list[Mapping[Kind, list[Obj]]] = []
        self._clock = clock
        self._seconds = seconds

    def __call__(
        self, service: Obj, children: Mapping[Kind, list[Obj]], gaps: Mapping[Kind, Gap], now: datetime
    ) -> tuple[int, datetime | None, frozenset[Kind]]:
        if gaps.get(POD) is Gap.FORBIDDEN:
            return 0, None, frozenset()
        self.children.append(children)
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
    board = Board(stores, INFERENCE_SERVICE, (POD,), make, clock, Families(stores))
    task = asyncio.create_task(board.run())
    _put(stores, INFERENCE_SERVICE, "iris")
    await _made(board)
    for version in range(100):
        _put(stores, POD, "p", version)
        await _made(board)
    often = len(make.children)
    clock.seconds += 1_000
    board._wake.set()

    async def rested() -> bool:
        return not board._resting

    await until(rested)
    await _made(board)
    task.cancel()
    return often, len(make.children)


async def _made(board: Board[Any]) -> None:
    async def made() -> bool:
        return not board._dirty

    await until(made)


async def test_what_is_cheap_is_made_for_each_change() -> None:
    often, _ = await _changed_often(0.0)
    assert often >= 100


async def test_what_is_costly_is_made_seldom_and_the_last_change_is_not_lost() -> None:
    often, rested = await _changed_often(0.5)
    assert often <= 2
    assert rested == often + 1


async def test_that_there_are_no_pods_is_said_once_they_were_read() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), clock)
    make = Maker(clock, 0.0)
    board = Board(stores, INFERENCE_SERVICE, (POD,), make, clock, Families(stores))
    task = asyncio.create_task(board.run())
    _put(stores, INFERENCE_SERVICE, "iris")
    await _made(board)
    assert POD not in make.children[-1]
    stores[POD].apply(follow.Replaced([]))
    await _made(board)
    assert make.children[-1][POD] == []
    task.cancel()


class Telling:
    """A value that says which kinds it was made of, and which not and why."""

    def __call__(
        self, service: Obj, children: Mapping[Kind, list[Obj]], gaps: Mapping[Kind, Gap], now: datetime
    ) -> tuple[str, datetime | None, frozenset[Kind]]:
        seen = [f"{kind.kind} {len(some)}" for kind, some in children.items()]
        return (
            ", ".join(
                seen
                + [f"{kind.kind} {gap}" for kind, gap in sorted(gaps.items(), key=lambda pair: pair[0].kind)]
            ),
            None,
            frozenset(SHARED),
        )


@asynccontextmanager
async def _telling() -> AsyncIterator[tuple[Board[str], Mapping[Kind, Store], Time]]:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), clock)
    board = Board(stores, INFERENCE_SERVICE, (POD, EVENT, ROUTE), Telling(), clock, Families(stores))
    _put(stores, INFERENCE_SERVICE, "iris")
    _put(stores, POD, "p")
    stores[EVENT].apply(follow.Replaced([]))
    stores[ROUTE].apply(follow.Broken(errors.NotFoundError("no such kind")))
    task = asyncio.create_task(board.run())
    await _made(board)
    yield board, stores, clock
    task.cancel()


def _values(board: Board[str], *hidden: Kind) -> list[str]:
    return [entry.value for _, entry in board.entries("ns", frozenset(hidden))]


async def test_each_set_of_rights_has_values_made_of_what_it_may_see() -> None:
    async with _telling() as (board, stores, _):
        assert _values(board) == ["Pod 1, Event 0, Route 0, Route absent"]
        assert _values(board, POD, EVENT) == ["Route 0, Event forbidden, Pod forbidden, Route absent"]
        # While the values of a new set are being made, what nobody may be denied is told.
        assert _values(board, EVENT) == _values(board, POD, EVENT)
        await board.prepare({"ns": frozenset({EVENT}), "other": frozenset({EVENT})}, seconds=LIMIT)
        await _made(board)
        assert _values(board, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]
        number = next(entry.number for _, entry in board.entries("ns", frozenset({EVENT})))
        _put(stores, POD, "q")
        await _made(board)
        assert _values(board, EVENT) == ["Pod 2, Route 0, Event forbidden, Route absent"]
        assert next(entry.number for _, entry in board.entries("ns", frozenset({EVENT}))) > number


async def test_a_list_waits_for_the_first_of_its_rights() -> None:
    async with _telling() as (board, _, _clock):
        await board.prepare({"ns": frozenset({EVENT})}, seconds=LIMIT)
        assert _values(board, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]


async def test_only_so_many_sets_are_kept_and_none_that_is_in_use_makes_room() -> None:
    async with _telling() as (board, _, clock):
        kinds = [kind for kind in CHILDREN if kind not in {POD, EVENT, ROUTE}]
        sets = [frozenset({EVENT, kind}) for kind in kinds[:_MOST_VIEWS]]
        for one in sets:
            await board.prepare({"ns": one}, seconds=LIMIT)
        without = [frozenset({EVENT}), frozenset({POD})]
        await board.prepare({"ns": without[0]}, seconds=LIMIT)
        assert _values(board, EVENT) == _values(board, POD, EVENT)
        clock.seconds += 100
        await board.prepare({"ns": without[0]}, seconds=LIMIT)
        assert _values(board, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]
        assert len(board._views["ns"]) == _MOST_VIEWS


async def test_a_set_that_somebody_looks_at_makes_room_for_none() -> None:
    async with _telling() as (board, stores, clock):
        looked_at = {"ns": frozenset({EVENT})}
        await board.prepare(looked_at, seconds=LIMIT)
        with board.holding(looked_at):
            clock.seconds += 1_000
            for kind in [kind for kind in CHILDREN if kind not in {POD, EVENT, ROUTE}][:_MOST_VIEWS]:
                await board.prepare({"ns": frozenset({EVENT, kind})}, seconds=LIMIT)
                clock.seconds += 1_000
            _put(stores, POD, "q")
            await _made(board)
            assert list(board._views["ns"]) == [looked_at["ns"]]
            assert _values(board, EVENT) == ["Pod 2, Route 0, Event forbidden, Route absent"]
        clock.seconds += 1_000
        _put(stores, POD, "r")
        await _made(board)
        assert not board._views["ns"]


async def test_a_new_set_is_made_though_the_service_rests() -> None:
    async with _telling() as (board, _, clock):
        board._rests["ns", "iris"] = clock.monotonic() + 100
        await board.prepare({"ns": frozenset({EVENT})}, seconds=LIMIT)
        assert _values(board, EVENT) == ["Pod 1, Route 0, Event forbidden, Route absent"]


async def test_pods_of_a_runtime_concern_those_who_lean_on_them() -> None:
    class Leaning(Telling):
        def __call__(self, service: Obj, *given: Any) -> tuple[str, datetime | None, frozenset[Kind]]:
            made.append(service.name)
            leans = frozenset({RUNTIME_POD}) if service.name == "mesh" else frozenset[Kind]()
            return (*super().__call__(service, *given)[:2], leans)

    made: list[str] = []
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN, *SHARED), clock)
    board = Board(stores, INFERENCE_SERVICE, (RUNTIME_POD,), Leaning(), clock, Families(stores))
    task = asyncio.create_task(board.run())
    stores[RUNTIME_POD].apply(follow.Replaced([]))
    for name in ("mesh", "iris"):
        _put(stores, INFERENCE_SERVICE, name)
    await _made(board)
    made.clear()
    _put(stores, RUNTIME_POD, "modelmesh-serving-x")
    await _made(board)
    assert set(made) == {"mesh"}
    task.cancel()


async def test_a_runtime_that_changes_concerns_all_who_may_use_it() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN, *SHARED), clock)
    board = Board(stores, INFERENCE_SERVICE, SHARED, Telling(), clock, Families(stores))
    for kind in SHARED:
        stores[kind].apply(follow.Replaced([]))
    _put(stores, INFERENCE_SERVICE, "iris")
    task = asyncio.create_task(board.run())
    await _made(board)
    assert "ClusterServingRuntime 0" in _values(board)[0]
    item = slim(b'{"metadata": {"name": "sk", "uid": "sk"}}', CLUSTER_SERVING_RUNTIME)
    stores[CLUSTER_SERVING_RUNTIME].apply(follow.Put(item))
    _put(stores, SERVING_RUNTIME, "sk")
    await _made(board)
    assert "ClusterServingRuntime 1" in _values(board)[0]
    assert ", ServingRuntime 1" in f", {_values(board)[0]}"
    stores[CLUSTER_SERVING_RUNTIME].apply(follow.Removed(item))
    await _made(board)
    assert "ClusterServingRuntime 0" in _values(board)[0]
    task.cancel()


async def test_the_app_is_ready_as_soon_as_the_lists_were_read_and_stays_so() -> None:
    clock = Time()
    stores = make_stores((INFERENCE_SERVICE, NAMESPACE, *CHILDREN), clock)
    board = Board(stores, INFERENCE_SERVICE, (POD,), Maker(clock, 0.0), clock, Families(stores))
    reader = Reader(None, stores, board, clock)  # type: ignore[arg-type]
    seen = [reader.is_synced]
    for store in stores.values():
        store.apply(follow.Replaced([]))
    seen.append(reader.is_synced)
    _put(stores, INFERENCE_SERVICE, "iris")  # what changes later is no reason to send nobody here
    assert [*seen, board.is_synced, reader.is_synced] == [False, True, False, True]
