"""Answers that are cached for some seconds, and asked for once by all who want the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from modelsweb.clock import Clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SingleFlight(Generic[Key, Value]):
    """Answers by question, ``maximum`` at a time. One that fails counts as none: it raises, and is not cached."""

    def __init__(self, clock: Clock, *, seconds: float, maximum: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._maximum = maximum
        self._answers: dict[Key, tuple[float, Value]] = {}
        self._in_flight: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        """The answer to a question; ``ask`` finds it where it is not known. Raises what ``ask`` raises."""
        while True:
            answer = self._answers.get(key)
            if answer and self._clock.monotonic() - answer[0] < self._seconds:
                return answer[1]
            waiting = self._in_flight.get(key)
            if waiting is None:
                return await self._ask(key, ask)
            await asyncio.wait({waiting})
            if not waiting.cancelled():  # else the one who asked went away: ask ourselves
                return waiting.result()

    def known(self, key: Key) -> Value | None:
        """The answer to a question where it is cached."""
        answer = self._answers.get(key)
        return answer[1] if answer and self._clock.monotonic() - answer[0] < self._seconds else None

    def questions(self) -> tuple[Key, ...]:
        """The questions whose answers are cached."""
        return tuple(self._answers)

    def forget(self, key: Key) -> None:
        """The next one who asks this gets a new answer."""
        self._answers.pop(key, None)

    async def _ask(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._in_flight[key] = future
        try:
            answer = await ask()
        except Exception as error:
            future.set_exception(error)
            future.exception()  # nobody else may be waiting, and that is no fault
            raise
        except BaseException:
            future.cancel()
            raise
        finally:
            del self._in_flight[key]
        future.set_result(answer)
        now = self._clock.monotonic()
        self._answers.pop(key, None)
        while self._answers and now - self._answers[next(iter(self._answers))][0] >= self._seconds:
            del self._answers[next(iter(self._answers))]
        while len(self._answers) >= self._maximum:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (now, answer)
        return answer
