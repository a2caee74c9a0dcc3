"""Answers that are sent as they come, server-sent events among them: encoding, heartbeat, and when they end."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager, suppress
from typing import Protocol

from starlette.types import Receive, Scope, Send

from modelsweb import errors
from modelsweb.gateway.access import User

_FAREWELL_SECONDS = 2.0
ABORT = "modelsweb.abort"
"""The ASGI extension that breaks a connection."""
_HELLO = b"event: hello\ndata:\n\n"
"""Sent at once: a page that gets none knows that something on the way holds the stream back."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)


def encode(data: str, *, event: str = "", id_: str = "") -> bytes:
    """One message; a named one becomes a DOM event in the browser, an unnamed one is swapped in.

    ``id_`` is what the browser names when it returns after a break.
    """
    lines = [f"data: {line}" for line in _LINE_END.split(data)]
    if event:
        lines.insert(0, f"event: {event}")
    if id_:
        lines.insert(0, f"id: {id_}")
    return ("\n".join(lines) + "\n\n").encode()


class Streams:
    """How many streams each user has open, and that they are not too many."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._open: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """All open streams."""
        return self._open.total()

    def place(self, user: User) -> AbstractContextManager[None]:
        """A place for one stream more. Raises TooManyRequestsError; where nobody is named, nobody is counted out."""
        if user.is_reviewed and self._open[user.name] >= self._maximum:
            raise errors.TooManyRequestsError(
                f"{user.name} has {self._maximum} live streams open already; close some pages.",
                retry_after=5.0,
            )
        return self._held(user.name)

    @contextmanager
    def _held(self, name: str) -> Iterator[None]:
        self._open[name] += 1
        try:
            yield
        finally:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


class Watched(Protocol):
    """The rights behind a stream; ``reauthorization.Rights`` is one."""

    async def run(self) -> None:
        """Returns when they are lost."""
        ...


class Streamed:
    """An ASGI answer that is sent as it comes. Ends with the source, the browser, the app, or the user's rights.

    A reader who is so slow that even the end cannot be written is cut off.
    """

    def __init__(
        self,
        source: AsyncGenerator[bytes, None],
        closing: asyncio.Event,
        *,
        place: AbstractContextManager[None],
        rights: Watched,
        headers: Iterable[tuple[bytes, bytes]] = _HEADERS,
    ) -> None:
        """``place`` is held for as long as the stream is open; ``headers`` are by default those of events."""
        self._source = source
        self._closing = closing
        self._place = place
        self._rights = rights
        self._headers = list(headers)
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the stream; of HEAD, what it would begin with."""
        if scope["method"] == "HEAD":
            await self._source.aclose()
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            await send({"type": "http.response.body", "body": b""})
            return
        with self._place:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await self._begin(send)
        async with asyncio.TaskGroup() as group:
            pump = group.create_task(self._pump(send))
            gone = group.create_task(_gone(receive))
            closed = group.create_task(self._closing.wait())
            watch = group.create_task(self._rights.run())
            pulse = group.create_task(self._beat(send))
            await asyncio.wait({pump, gone, closed, watch}, return_when=asyncio.FIRST_COMPLETED)
            if watch.done() and self._has_no_end:
                await asyncio.wait(
                    {pump, gone}, timeout=_FAREWELL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            is_over = pump.done() if self._has_no_end or not watch.done() else False
            is_over = is_over or (self._has_no_end and closed.done())
            for task in (pump, closed, watch, pulse):
                task.cancel()
            if not gone.done() and not (is_over and await self._end(send)):
                await _cut_off(scope, gone)
            gone.cancel()

    _has_no_end = False
    """It may end at any time. Else only its source ends it: what was sent so far must never pass for the whole."""

    async def _begin(self, send: Send) -> None:
        """What is sent first."""

    async def _beat(self, send: Send) -> None:
        """What is sent meanwhile."""

    async def _pump(self, send: Send) -> None:
        async with aclosing(self._source) as messages:
            async for message in messages:
                await self._write(send, message)

    async def _write(self, send: Send, data: bytes, *, more: bool = True) -> None:
        async with self._lock:
            await send({"type": "http.response.body", "body": data, "more_body": more})

    async def _end(self, send: Send) -> bool:
        """Whether the end could be written."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._write(send, b"", more=False)
                return True
        return False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut_off(scope: Scope, gone: asyncio.Task[None]) -> None:
    """Breaks the connection, where the server lets us (``request_timeout.py``)."""
    if (abort := scope.get("extensions", {}).get(ABORT)) is not None:
        abort["now"]()
        await asyncio.wait({gone})


class EventStream(Streamed):
    """A stream of messages, with a sign of life now and then; who loses the right is told so."""

    _has_no_end = True
    hello = _HELLO
    sign_of_life = b": ping\n\n"
    heartbeat_seconds = 15.0

    async def _begin(self, send: Send) -> None:
        await self._write(send, self.hello)

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self.heartbeat_seconds)
            await self._write(send, self.sign_of_life)
