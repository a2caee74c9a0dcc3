"""How answers go out: compressed as the client can take it, long ones in pieces, on the account of the user that they are for.

A piece is compressed while everybody else waits, so it is a short one. Streams of events go as they are: a compressor of each of
hundreds of open ones would hold memory, and flush after every message.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.web.chunked import PIECE

_FROM = 1024
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 4
"""Level 9 makes a page 5 % smaller for three times the CPU."""
_SECONDS_PER_BYTE = 1e-8
"""About what gzip costs: docs/decisions/017-zstd.md."""
_EVENTS = "text/event-stream"

remove_compress_type(_EVENTS)
for _media in ("application/yaml", "application/problem+json", "text/csv"):
    add_compress_type(_media)


class Sending:
    """See the module's text."""

    def __init__(self, app: ASGIApp, *, rate_limit: RateLimit) -> None:
        self._app = app
        self._rate_limit = rate_limit
        self._compressed = CompressMiddleware(
            self._in_pieces,
            minimum_size=_FROM,
            zstd_level=_ZSTD_LEVEL,
            brotli=False,  # it is dearer than zstd
            gzip_level=_GZIP_LEVEL,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        await self._compressed(scope, receive, send)

    async def _in_pieces(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_paid = True

        async def pay_and_send(message: Message) -> None:
            nonlocal is_paid
            if message["type"] == "http.response.start":
                media = dict(message.get("headers", ())).get(b"content-type", b"")
                is_paid = not media.startswith(_EVENTS.encode())  # who makes their messages has paid
            if message["type"] == "http.response.body" and is_paid:
                await self._send(scope, message, send=send)
            else:
                await send(message)

        await self._app(scope, receive, pay_and_send)

    async def _send(self, scope: Scope, message: Message, *, send: Send) -> None:
        body = message.get("body", b"")
        user = scope.get("state", {}).get("user")
        if user is not None:
            self._rate_limit.spend(user, len(body) * _SECONDS_PER_BYTE)
        last = max(0, len(body) - 1) // PIECE * PIECE
        for place in range(0, last, PIECE):
            await send({**message, "body": body[place : place + PIECE], "more_body": True})
            await asyncio.sleep(0)  # others come in between
        await send({**message, "body": body[last:]})
