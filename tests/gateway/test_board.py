"""A value that is costly to make rests before it is made again."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import msgspec
from tests.standing import Time
from tests.waiting import until

from modelsweb.gateway.board import Board
from modelsweb.gateway.families import Families
from modelsweb.kinds import CHILDREN, INFERENCE_SERVICE, POD
from modelsweb.kube import follow
from modelsweb.kube.item import slim
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.store.events import make_stores
from modelsweb.store.store import Store


class Maker:
    """Counts what it is asked for, and takes some time for it."""

    def __init__(self, clock: Time, seconds: float) -> None:
        self.children: list[Mapping[Kind, list[Obj]]] = []
        self._clock = clock
        self._seconds = seconds

    def __call__(
        self, service: Obj, children: Mapping[Kind, list[Obj]], now: datetime
    ) -> tuple[int, datetime | None]:
        self.children.append(children)
        self._clock.seconds += self._seconds
        return len(self.children), None


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


async def _made(board: Board[int]) -> None:
    async def made() -> bool:
        return board.is_synced or not board._dirty

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
