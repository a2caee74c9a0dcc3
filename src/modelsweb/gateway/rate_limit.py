"""What one user may cost, so that nobody else waits for them.

Counted for each user are requests, writes, requests that are open at the same time, and work: the seconds of a core that
building and rendering their pages took, and a fixed price for each access review and each write that they made the
cluster do. Work is paid afterwards, because nobody knows before what it costs: who is in debt is refused until it is paid
off, at the rate at which work is granted. The pages of one user are built one after another with pauses, so that
everybody else's come in between. Refusing costs work too: who is refused hears of it a moment later, and cannot ask
again at once.

Where nobody is named (APP_DISABLE_AUTH) nobody is counted.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import User

_Args = ParamSpec("_Args")
_Done = TypeVar("_Done")

WRITE_SECONDS = 0.005
"""What a write costs."""
_SECONDS = 10.0
"""A bucket of requests or work holds what is granted in so long."""
_MAX_USERS = 10_000
_MAX_HELD = 100
"""So many refusals of one user are held back; more of them would only hold connections."""


class _Buckets:
    """A bucket for each user that fills at a steady rate; 0 for no limit."""

    def __init__(self, clock: Clock, *, per_second: float, maximum: float) -> None:
        self._clock = clock
        self._per_second = per_second
        self._maximum = maximum
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str, wanted: float) -> float:
        """The seconds until the bucket holds so much; 0 where it does."""
        return max(0.0, wanted - self._now(name)) / self._per_second if self._per_second else 0.0

    def take(self, name: str, amount: float) -> None:
        """Takes so much out, be it there or not."""
        if not self._per_second:
            return
        self._held[name] = (self._now(name) - amount, self._clock.monotonic())
        self._held.move_to_end(name)
        while len(self._held) > _MAX_USERS:
            self._held.popitem(last=False)

    def _now(self, name: str) -> float:
        now = self._clock.monotonic()
        held, since = self._held.get(name, (self._maximum, now))
        return min(self._maximum, held + (now - since) * self._per_second)


@dataclass(slots=True)
class _Turn:
    """The place at which the pages of one user queue."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    free_at: float = 0.0
    """When the next one may be built: in the pause everybody else's come to their end."""


class RateLimit:
    """The accounts of all users; a limit of 0 is none."""

    def __init__(
        self,
        clock: Clock,
        *,
        requests_per_second: float = 0,
        work_per_second: float = 0,
        writes_per_minute: float = 0,
        max_open: int = 0,
        refusal_seconds: float = 0,
        cpu: Callable[[], float] = time.thread_time,
    ) -> None:
        """``refusal_seconds`` is how long a refusal is held back.

        ``cpu`` gives the seconds of a core that our thread has had: on a busy machine the clock runs on while we wait.
        """
        self.cpu = cpu
        self._clock = clock
        self._requests = _Buckets(
            clock, per_second=requests_per_second, maximum=requests_per_second * _SECONDS
        )
        self._work = _Buckets(clock, per_second=work_per_second, maximum=work_per_second * _SECONDS)
        self._max_work = work_per_second * _SECONDS
        # Pages that one user asks for at once take no more of a core than is granted to them over time.
        self._pause_per_work = max(0.0, 1 / work_per_second - 1) if work_per_second else 0.0
        self._writes = _Buckets(clock, per_second=writes_per_minute / 60, maximum=writes_per_minute)
        self._max_open = max_open
        self._open: Counter[str] = Counter()
        self._refusal_seconds = refusal_seconds
        self._held: Counter[str] = Counter()
        self._turns: dict[str, _Turn] = {}

    @contextmanager
    def request(self, user: User, *, is_write: bool = False) -> Iterator[None]:
        """One request more, open for as long as the context lasts. Raises TooManyRequestsError."""
        if not user.is_reviewed:
            yield
            return
        self._take(self._requests, user, what="asks too often.")
        if is_write:
            self._take(self._writes, user, what="writes too often.")
        self._check_debt(user)
        if self._max_open and self._open[user.name] >= self._max_open:
            raise errors.TooManyRequestsError(
                f"{user.name} has {self._max_open} requests open already.", retry_after=1.0
            )
        self._open[user.name] += 1
        try:
            yield
        finally:
            self._open[user.name] -= 1
            if not self._open[user.name]:
                del self._open[user.name]

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[None]:
        """A time in which no other page of the user is built; it is paid for. Nothing in it may await.

        Who was let in is served, except where so many were let in together that paying for them takes longer than filling
        a bucket. Raises TooManyRequestsError.
        """
        if not user.is_reviewed:
            yield
            return
        turn = self._turns.setdefault(user.name, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                # Others first. An answer to them takes many steps, and each of them waits for what is built just now.
                await asyncio.sleep(max(0.0, turn.free_at - self._clock.monotonic()))
                self._check_debt(user, maximum=_SECONDS)
                started = self.cpu()
                try:
                    yield
                finally:
                    cost = self.cpu() - started
                    self.spend(user, cost)
                    turn.free_at = self._clock.monotonic() + self._pause_per_work * cost
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                self._turns.pop(user.name, None)

    async def hold(self, user: User) -> bool:
        """Holds a refusal back. Returns whether it may be shown as a page; where very many are held it is not, at once."""
        if self._held[user.name] >= _MAX_HELD:
            return False
        self._held[user.name] += 1
        try:
            await asyncio.sleep(self._refusal_seconds)
        finally:
            self._held[user.name] -= 1
            if not self._held[user.name]:
                del self._held[user.name]
        return True

    def spend(self, user: User, seconds: float) -> None:
        """The user caused so much work."""
        if user.is_reviewed:
            self._work.take(user.name, seconds)

    def debt(self, users: Iterable[User], *, reserve: float = 0) -> float:
        """The seconds until the first of some users has paid all work; 0 where there are none.

        ``reserve`` is the part of a bucket that must be left then: open streams leave half of it to pages.
        """
        left = reserve * self._max_work
        waits = (self._work.wait(user.name, left) if user.is_reviewed else 0.0 for user in users)
        return min(waits, default=0.0)

    async def solvent(self, user: User) -> None:
        """Returns once the user has paid all work: many steps of one action pass here one by one."""
        while (seconds := self.debt((user,))) > 0:  # noqa: ASYNC110 - time alone pays it
            await asyncio.sleep(seconds)

    async def aside(
        self, user: User, work: Callable[_Args, _Done], *args: _Args.args, **kwargs: _Args.kwargs
    ) -> _Done:
        """Work done in a thread, on the user's account: a long text takes a good part of a second, in which every stream would
        stand still."""

        def measured() -> tuple[_Done, float]:
            started = self.cpu()
            return work(*args, **kwargs), self.cpu() - started

        done, cost = await asyncio.to_thread(measured)
        self.spend(user, cost)
        return done

    def _take(self, buckets: _Buckets, user: User, *, what: str) -> None:
        if seconds := buckets.wait(user.name, 1):
            raise errors.TooManyRequestsError(f"{user.name} {what}", retry_after=max(1.0, seconds))
        buckets.take(user.name, 1)

    def _check_debt(self, user: User, *, maximum: float = 0) -> None:
        if (seconds := self.debt((user,))) > maximum:
            raise errors.TooManyRequestsError(
                f"{user.name} asks for more than this app does for one user.", retry_after=max(1.0, seconds)
            )
