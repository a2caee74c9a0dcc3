"""What an open stream may send when its user's rights turn, or when its user owes work."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from tests.waiting import LIMIT, until

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.gateway.access import User
from modelsweb.gateway.logs import Batch, LogState
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.gateway.raw_reader import Subscription
from modelsweb.web.api.upstream import streams
from modelsweb.web.api.v1 import watch, watch_log
from modelsweb.web.middleware import identity
from modelsweb.web.reauthorization import Rights

_ALICE = User("alice@example.com")
_UNSURE = errors.UnavailableError("The cluster is away.")
_LOST = errors.ForbiddenError("You may not any more.")


def _context(limit: RateLimit | None = None) -> Any:
    clock = SystemClock()
    config = SimpleNamespace(auth=SimpleNamespace(review_seconds=0.02))
    site = SimpleNamespace(clock=clock, config=config, rate_limit=limit or RateLimit(clock))
    return SimpleNamespace(site=site, user=_ALICE)


class _Reviews:
    """What reviews answer from now on."""

    def __init__(self) -> None:
        self.answer: str | errors.ModelswebError = "team"

    async def admit(self, context: Any) -> str:
        if isinstance(self.answer, errors.ModelswebError):
            raise self.answer
        return self.answer


@asynccontextmanager
async def _reviewed(
    monkeypatch: pytest.MonkeyPatch, context: Any
) -> AsyncIterator[tuple[Rights[str], _Reviews]]:
    async def known(context: Any) -> None:
        pass

    monkeypatch.setattr(identity, "confirm", known)
    reviews = _Reviews()
    rights = Rights(context, "team", admit=reviews.admit)
    task = asyncio.create_task(rights.run())
    try:
        yield rights, reviews
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("turn", [_LOST, "another team"])
async def test_who_was_refused_a_message_does_not_wait_for_the_next_change(
    turn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _reviewed(monkeypatch, _context()) as (rights, reviews):
        reviews.answer = _UNSURE

        async def is_unsure() -> bool:
            return rights.problem is not None

        await until(is_unsure)
        held = asyncio.create_task(rights.hold("team"))
        await asyncio.sleep(0)
        assert not held.done()
        reviews.answer = turn
        assert not await asyncio.wait_for(held, LIMIT)
        await asyncio.wait_for(rights.wait(asyncio.Event().wait()), LIMIT)
        assert rights.is_lost == (turn is _LOST)


async def test_the_next_message_is_made_once_the_last_ones_are_paid() -> None:
    limit = RateLimit(SystemClock(), work_per_second=1.0)
    rights = Rights(_context(limit), "team", admit=_Reviews().admit)
    limit.spend(_ALICE, 10.1)
    assert await rights.hold("team")
    paid = asyncio.create_task(rights.paid("team"))
    await asyncio.sleep(0)
    assert not paid.done()
    assert await asyncio.wait_for(paid, LIMIT)
    assert limit.debt((_ALICE,)) == 0


class _Turning:
    """Rights that are lost after so many messages."""

    audience = "team"
    problem: errors.ModelswebError | None = None
    is_lost = False

    def __init__(self, messages: int) -> None:
        self._left = messages

    async def hold(self, audience: str) -> bool:
        self._left -= 1
        if self._left < 0:
            self.is_lost, self.problem = True, _LOST
        return not self.is_lost

    async def paid(self, audience: str) -> bool:
        return not self.is_lost

    async def wait(self, something: Any) -> None:
        something.close()


async def _all(source: Any) -> list[bytes]:
    async with asyncio.timeout(LIMIT):
        return [message async for message in source]


@pytest.mark.parametrize(("messages", "sent"), [(1, 0), (2, 1), (9, 2)])
async def test_a_log_is_over_only_for_who_has_all_of_it(messages: int, sent: int) -> None:
    at = [(f"2026-01-01T00:00:0{second}Z", 1) for second in range(2)]
    batches = [Batch(data=b'["t","line"]', first=one, last=one, count=1) for one in at]
    log = SimpleNamespace(
        has_history=True,
        next_number=2,
        state=LogState.ENDED,
        last_lines=lambda tail, since: (batches, False),
    )

    @contextmanager
    def joined(*_: Any, **__: Any) -> Iterator[Any]:
        yield log

    context: Any = SimpleNamespace(site=SimpleNamespace(logs=SimpleNamespace(joined=joined)))
    key: Any = SimpleNamespace(uid="u", container="kserve-container")
    rights: Any = _Turning(messages)
    *lines, last = await _all(watch_log._lines(context, rights, key=key, tail=10, given=""))
    assert len(lines) == sent
    assert all(b'"LINES"' in one for one in lines)
    assert (b'"END"' in last, b'"ERROR"' in last) == (sent == 2, sent < 2)


@pytest.mark.parametrize(("messages", "sent"), [(0, 0), (1, 1)])
async def test_a_verdict_that_was_made_meanwhile_is_not_sent(
    messages: int, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    async def verdict(*_: Any) -> tuple[bytes, None]:
        nonlocal count
        count += 1
        return b'{"number":%d}' % count, None

    @contextmanager
    def changes(*_: Any) -> Iterator[Subscription]:
        yield Subscription()

    monkeypatch.setattr(watch, "_verdict", verdict)
    monkeypatch.setattr(watch, "_granted", lambda rights: None)
    monkeypatch.setattr(watch, "_REST_SECONDS", 0)
    context: Any = SimpleNamespace(site=SimpleNamespace(reader=SimpleNamespace(object_changes=changes)))
    rights: Any = _Turning(messages)
    *verdicts, last = await _all(watch._verdicts(context, rights))
    assert len(verdicts) == sent
    assert b'"ERROR"' in last


async def test_one_pod_that_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def seen(context: Any) -> None:
        pass

    async def pods_of(*_: Any, component: str) -> list[Any]:
        return [SimpleNamespace(name=name) for name in ("old", "new", "away")]

    async def lines_of(context: Any, pod: str, **_: Any) -> list[str]:
        if pod == "new":
            raise errors.BadRequestError("container is waiting to start: ContainerCreating")
        if pod == "away":
            raise errors.UnavailableError("The log was not read in time.")
        return ["a line"]

    monkeypatch.setattr(streams, "seen", seen)
    monkeypatch.setattr(streams, "pods_of", pods_of)
    monkeypatch.setattr(streams, "lines_of", lines_of)
    monkeypatch.setattr(streams, "containers_of", lambda pod: ["kserve-container"])
    context: Any = None
    before = {"predictor": [{"podName": "away", "logs": ["read before"]}]}
    found = await streams._read_logs(context, ["predictor"], before=before)
    assert found == {
        "predictor": [
            {"podName": "old", "logs": ["a line"]},
            {"podName": "new", "logs": []},
            {"podName": "away", "logs": ["read before"]},
        ]
    }
