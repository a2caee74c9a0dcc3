"""A limit on how long a client may take to send a request.

Who sends a byte now and then holds a connection, its memory and a file descriptor for as long as they like. Uvicorn
limits only the pause between two requests of a connection. Reading an answer slowly is not limited: what has not been
taken holds back its source, and streams are counted for each user.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class _Patient(HttpToolsProtocol):
    _seconds = 0.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # The parser skips empty lines between requests without a word, and they end the keep-alive's own limit.
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._begin()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()

    def on_message_complete(self) -> None:
        super().on_message_complete()
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
            is_answering = self.cycle is not None and self.cycle.response_started
            if not self.pipeline and (not is_answering or self.cycle.response_complete):
                self.transport.write(_TOO_SLOW)
            self.transport.close()


def patient(seconds: float) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol, that ends a connection whose request is not complete after so many seconds; 0 for never."""
    return type("Patient", (_Patient,), {"_seconds": seconds})
