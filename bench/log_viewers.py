"""Many followers of one log in one process: ``python -m bench.log_viewers PORT PATH COUNT``.

Prints ``{"open": seconds}`` once all follow; on a line of input prints which numbers each viewer has seen, in order, and
a sample of the times from writing to arrival, and ends.
"""

import asyncio
import json
import re
import sys
import time

from bench.cluster import USER

_LINE = re.compile(rb"seq=(\d+) at=([\d.]+) ")
_SAMPLE = 7


class Follower(asyncio.Protocol):
    """One stream of lines, on a raw connection."""

    def __init__(self, latencies: list[float], opened: asyncio.Future[None]) -> None:
        self.seen: list[int] = []
        self._latencies = latencies
        self._opened = opened
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Some bytes; what may be cut is kept for the next ones."""
        now = time.monotonic()
        data = self._rest + data
        if not self._opened.done() and b'"state":"following"' in data:
            self._opened.set_result(None)
        end = data.rfind(b"]") + 1
        self._rest = data[end:]
        for found in _LINE.finditer(data, 0, end):
            number = int(found[1])
            self.seen.append(number)
            if number % _SAMPLE == 0:
                self._latencies.append(now - float(found[2]))


async def main(port: int, path: str, count: int) -> None:
    """Opens all, waits for a line of input, and tells."""
    latencies: list[float] = []
    loop = asyncio.get_running_loop()
    started = time.monotonic()
    followers = []
    for _ in range(count):
        opened: asyncio.Future[None] = loop.create_future()
        transport, follower = await loop.create_connection(
            lambda opened=opened: Follower(latencies, opened),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"kubeflow-userid: {USER}",
            "Accept-Encoding: identity",
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        followers.append((transport, follower, opened))
    await asyncio.gather(*(opened for _, _, opened in followers))
    print(json.dumps({"open": time.monotonic() - started}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"seen": [one.seen for _, one, _ in followers], "latencies": latencies}), flush=True)
    for transport, _, _ in followers:
        transport.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
