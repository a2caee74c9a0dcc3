"""Many open pages in one process: ``python -m bench.viewers PORT PATH COUNT``.

Speaks lines of JSON on its standard streams. It prints ``{"open": seconds}`` once every viewer has its page and its
stream says hello. Then it notes when which sequence number (``/N"`` at the end of a service's URL) arrives, and on a
line of input prints ``{"arrivals": [[sequence, [monotonic times…]], …]}`` and ends.
"""

import asyncio
import json
import re
import sys
import time

from bench.cluster import USER

_SEQUENCE = re.compile(rb"example\.com/(\d+)\\?\"")
_SEEN = re.compile(rb'data-seen="([^"]+)"')


class Viewer(asyncio.Protocol):
    """One page and its stream, on one raw connection each, so that hundreds cost the machine little."""

    def __init__(self, arrivals: dict[int, list[float]], opened: asyncio.Future[None]) -> None:
        self._arrivals = arrivals
        self._opened = opened
        self._rest = b""
        self._known: set[int] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream was connected."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of the stream; a number may be split between two readings."""
        now = time.monotonic()
        if not self._opened.done() and b"event: hello" in self._rest + data:
            self._opened.set_result(None)
        data = self._rest + data
        for found in _SEQUENCE.finditer(data):
            sequence = int(found[1])
            if sequence and sequence not in self._known:  # a row may come again, with its age only changed
                self._known.add(sequence)
                self._arrivals.setdefault(sequence, []).append(now)
        self._rest = data[-64:] if not _SEQUENCE.search(data[-64:]) else b""


async def open_viewer(port: int, path: str, arrivals: dict[int, list[float]]) -> asyncio.BaseTransport:
    """Gets the page, then opens its stream with what the page has shown."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request(path, port, close=True))
    page = await reader.read(-1)
    writer.close()
    seen = _SEEN.search(page)
    assert seen is not None, page[:500]
    bare, _, query = path.partition("?")
    opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: Viewer(arrivals, opened), "127.0.0.1", port
    )
    transport.write(_request(f"{bare}/-/live?{query}&seen={seen[1].decode()}", port, close=False))
    await opened
    return transport


def _request(path: str, port: int, *, close: bool) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"kubeflow-userid: {USER}",
        "Accept-Encoding: identity",
        f"Connection: {'close' if close else 'keep-alive'}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def main(port: int, path: str, count: int) -> None:
    """Opens them all at once, waits for a line of input, and tells what arrived."""
    arrivals: dict[int, list[float]] = {}
    started = time.monotonic()
    transports = await asyncio.gather(*(open_viewer(port, path, arrivals) for _ in range(count)))
    print(json.dumps({"open": time.monotonic() - started}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"arrivals": sorted(arrivals.items())}), flush=True)
    for transport in transports:
        transport.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
