"""Server-sent events: encoding, heartbeat, and an end when the browser or the app goes."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.web.security import Receive, Scope, Send

_HEARTBEAT_SECONDS = 15.0
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

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """All open streams."""
        return self._open.total()

    def place(self, user: User) -> AbstractContextManager[None]:
        """A place for one stream more. Raises TooManyRequestsError; where nobody is named, nobody is counted out."""
        if user.is_reviewed and self._open[user.name] >= self._most:
            raise errors.TooManyRequestsError(
                f"{user.name} has {self._most} live streams open already; close some pages.", retry_after=5.0
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


class EventStream:
    """An ASGI answer that sends messages as they come. Ends with the source, the browser or the app."""

    def __init__(
        self,
        source: AsyncGenerator[bytes, None],
        closing: asyncio.Event,
        place: AbstractContextManager[None],
    ) -> None:
        """``place`` is held for as long as the stream is open."""
        self._source = source
        self._closing = closing
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the stream."""
        with self._place:
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        lock = asyncio.Lock()
        await send({"type": "http.response.body", "body": _HELLO, "more_body": True})

        async def write(data: bytes, *, more: bool = True) -> None:
            async with lock:
                await send({"type": "http.response.body", "body": data, "more_body": more})

        async def pump() -> None:
            async with aclosing(self._source) as messages:
                async for message in messages:
                    await write(message)

        async def beat() -> None:
            while True:
                await asyncio.sleep(_HEARTBEAT_SECONDS)
                await write(b": ping\n\n")

        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(step) for step in (pump(), gone(), self._closed())}
            pulse = group.create_task(beat())
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, pulse):
                task.cancel()
        await write(b"", more=False)

    async def _closed(self) -> None:
        await self._closing.wait()
