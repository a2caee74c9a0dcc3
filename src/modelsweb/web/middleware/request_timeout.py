"""Limits on what a client may send before anybody looks at it: how long it takes, and how large its head is.

Who sends a byte now and then holds a connection, its memory and a file descriptor for as long as they like, and a head
without an end is kept for as long as it grows. Uvicorn limits only the pause between two requests of a connection.
Reading an answer slowly is not limited: what has not been taken holds back its source, streams are counted for each user,
and where one has to end though its reader takes nothing, the application breaks the connection (``sse.ABORT``).
"""

import asyncio
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from modelsweb.web.sse import ABORT

MAX_HEADERS = 32 * 1024
"""Bytes of all headers of a request."""
MAX_ADDRESS = 8 * 1024
"""Bytes of the path and query of a request."""
_PER_HEADER = 4
"""Bytes of a header beside its name and value: a colon, a space and a line end."""


class _HeadTooLarge(Exception):  # noqa: N818 - the parser's way of being stopped, and seen by nobody
    pass


def _refusal(status: HTTPStatus) -> bytes:
    line = f"HTTP/1.1 {status.value} {status.phrase}"
    return f"{line}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()


class _RequestTimeout(HttpToolsProtocol):
    _seconds = 0.0
    _deadline: asyncio.TimerHandle | None = None
    _head_size = 0
    _headers_size = 0
    _is_in_head = False
    _is_in_body = False
    _refused: HTTPStatus | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:  # what the parser holds back until a header is whole
            self._head_size += len(data)
            if self._head_size > 2 * (MAX_HEADERS + MAX_ADDRESS) and not self.transport.is_closing():
                self._refused = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                self.send_400_response("")
        # The parser skips empty lines between requests without a word, and they end the keep-alive's own limit.
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._begin()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()
        self._is_in_head, self._head_size, self._headers_size = True, 0, 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_ADDRESS:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._headers_size += len(name) + len(value) + _PER_HEADER
        if self._headers_size > MAX_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._is_in_body = False, True
        super().on_headers_complete()
        # The task of the application runs later: what is added here it finds.
        self.scope["extensions"] = {ABORT: {"now": self.transport.abort}}

    def send_400_response(self, msg: str) -> None:
        if self._refused is None:
            super().send_400_response(msg)
            return
        self.transport.write(_refusal(self._refused))
        self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        self._refused = status
        raise _HeadTooLarge  # the parser makes it one of its own errors, and uvicorn answers by ``send_400_response``

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_in_body = False
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._seconds and self._deadline is None:
            self._deadline = self.loop.call_later(self._seconds, self._give_up)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            is_answered = self.cycle is not None and self.cycle.response_started
            is_over = is_answered and self.cycle.response_complete and not self._is_in_body
            if not self.pipeline and (not is_answered or is_over):
                self.transport.write(_refusal(HTTPStatus.REQUEST_TIMEOUT))
            self.transport.close()


def with_request_timeout(seconds: float) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol, that ends a connection whose request is not complete after so many seconds; 0 for never."""
    return type("Patient", (_RequestTimeout,), {"_seconds": seconds})
