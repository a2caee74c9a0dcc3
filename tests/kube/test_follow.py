"""The pauses of the follower; what it yields is held by the contract suite."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient, WatchEvent


class _Clock(SystemClock):
    """Moves when told."""

    seconds = 0.0

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self.seconds


class _Cluster:
    """Takes its time for each watch, then fails, or ends it without a word."""

    def __init__(self, clock: _Clock, seconds: float, error: errors.ModelswebError | None) -> None:
        self._clock, self._seconds, self._error = clock, seconds, error

    @asynccontextmanager
    async def watch(self, *_: Any, **__: Any) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """A watch as the client gives it."""
        self._clock.seconds += self._seconds
        if self._error is not None:
            raise self._error

        async def events() -> AsyncIterator[WatchEvent]:
            for event in list[WatchEvent]():
                yield event

        yield events()


async def _pauses(
    monkeypatch: pytest.MonkeyPatch, cluster: _Cluster, clock: _Clock, count: int
) -> tuple[list[float], list[follow.Change]]:
    pauses: list[float] = []
    changes: list[follow.Change] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == count:
            raise asyncio.CancelledError

    monkeypatch.setattr(random, "uniform", lambda *_: 1.0)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    followed = follow.follow(cast(KubeClient, cluster), INFERENCE_SERVICE, clock=clock)
    with suppress(asyncio.CancelledError):
        while True:
            changes.append(await anext(followed))
    await followed.aclose()
    return pauses, changes


@pytest.mark.parametrize("seconds", [0.0, 6.0, 120.0])
async def test_pauses_grow_however_slowly_attempts_fail(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    clock = _Clock()
    cluster = _Cluster(clock, seconds, errors.UnavailableError("black hole"))
    pauses, changes = await _pauses(monkeypatch, cluster, clock, 10)
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0])
    assert len(changes) == 10
    assert all(isinstance(change, follow.Broken) for change in changes)


async def test_the_server_may_ask_for_a_longer_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock()
    cluster = _Cluster(clock, 0, errors.TooManyRequestsError("slow down", retry_after=7.0))
    pauses, _ = await _pauses(monkeypatch, cluster, clock, 2)
    assert pauses == [7.0, 7.0]


async def test_a_watch_that_always_ends_at_once_is_called_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock()
    pauses, changes = await _pauses(monkeypatch, _Cluster(clock, 0, None), clock, 5)
    assert pauses[-1] > 1
    assert isinstance(changes[-1], follow.Broken)
