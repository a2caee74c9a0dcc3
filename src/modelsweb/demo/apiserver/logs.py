"""Container logs: written by the demo's kubelet, read by anybody with a right to ``pods/log``."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from modelsweb.clock import Clock, parse_time

_MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its newline, and when it was written."""

    at: datetime
    text: bytes

    def encode(self, *, timestamps: bool) -> bytes:
        """The line as the kubelet sends it."""
        if not timestamps:
            return self.text + b"\n"
        stamp = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        return stamp.encode() + b" " + self.text + b"\n"


@dataclass(slots=True, kw_only=True)
class Run:
    """The log of one run of a container, from its start to its end."""

    lines: list[Line] = field(default_factory=list)
    dropped: int = 0
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Makes followers look again."""
        self.changed.set()
        self.changed = asyncio.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """What of a log is wanted."""

    follow: bool = False
    timestamps: bool = False
    tail_lines: int | None = None
    since: datetime | None = None
    limit_bytes: int | None = None


class LogBook:
    """All logs of the demo cluster; the current and the previous run of each container, by pod uid."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runs: dict[tuple[str, str], list[Run]] = {}

    def start(self, pod_uid: str, container: str) -> None:
        """A new run of the container begins."""
        runs = self._runs.setdefault((pod_uid, container), [])
        if runs:
            self._end(runs[-1])
        runs.append(Run())
        del runs[:-2]

    def write(self, pod_uid: str, container: str, *, text: str) -> None:
        """One line in the current run."""
        runs = self._runs.get((pod_uid, container))
        if not runs:
            self.start(pod_uid, container)
            runs = self._runs[pod_uid, container]
        run = runs[-1]
        run.lines.append(Line(self._clock.now(), text.encode()))
        if len(run.lines) > _MAX_LINES:
            del run.lines[: _MAX_LINES // 10]
            run.dropped += _MAX_LINES // 10
        run.wake()

    def end(self, pod_uid: str, container: str) -> None:
        """The current run is over: followers come to their end."""
        if runs := self._runs.get((pod_uid, container)):
            self._end(runs[-1])

    def forget(self, pod_uid: str) -> None:
        """The pod is gone."""
        for key in [key for key in self._runs if key[0] == pod_uid]:
            for run in self._runs.pop(key):
                self._end(run)

    def run(self, pod_uid: str, container: str, *, previous: bool) -> Run | None:
        """The current or the previous run, or None."""
        runs = self._runs.get((pod_uid, container), [])
        if previous:
            return runs[-2] if len(runs) > 1 else None
        return runs[-1] if runs else None

    async def read(self, run: Run, query: LogQuery) -> AsyncIterator[bytes]:
        """The bytes of a run, and with ``follow`` what is added until it ends."""
        position = run.dropped
        if query.since is not None:
            position += sum(line.at < query.since for line in run.lines)
        if query.tail_lines is not None:
            position = max(position, run.dropped + len(run.lines) - query.tail_lines)
        left = query.limit_bytes
        while True:
            changed = run.changed
            batch = run.lines[max(0, position - run.dropped) :]
            position = run.dropped + len(run.lines)
            if batch:
                data = b"".join(line.encode(timestamps=query.timestamps) for line in batch)
                if left is not None:
                    data, left = data[:left], left - len(data)
                yield data
                if left is not None and left <= 0:
                    return
            if not query.follow or run.is_over:
                return
            if not batch:
                await changed.wait()

    @staticmethod
    def _end(run: Run) -> None:
        run.is_over = True
        run.wake()


def parse_since(seconds: str | None, time: str | None, *, now: datetime) -> datetime | None:
    """The start that ``sinceSeconds`` or ``sinceTime`` asks for."""
    if seconds is not None:
        return datetime.fromtimestamp(now.timestamp() - int(seconds), UTC)
    return parse_time(time)
