"""The log of one container, read from the API server once for all who look at it.

The newest lines are kept in a ring bounded in lines and bytes, as batches that are encoded once, so a hundred viewers
cost a hundred writes and nothing else. A viewer holds the number of the batch it needs next: who is slow reads later and
loses nothing until the ring has gone round, and learns of it then (``missed``).

A place in a log is a ``Position``: the kubelet's timestamp of a line, and the index of the line among those of that timestamp
it is. It means the same to every process that reads the log, so a viewer may return to another replica of the app, and a
broken connection to the API server is taken up by it: the kubelet is asked for everything since that second, and what
was there before is passed over. Where less of it comes again than there was, the kubelet has thrown lines away
(rotation), and a gap is put into the ring. Rejected: counting lines ourselves, which no second reader could continue.

A followed log ends when its container does. Whether it is read again is decided by the pod in the store: a container
that restarted is, one that is over or gone is not. What was read of it stays.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.kube.client import KubeClient
from modelsweb.kube.follow import Delay
from modelsweb.objects.obj import Obj
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store, decode

MAX_LINES = 10_000
_MAX_BYTES = 4 * 1024 * 1024
_LONGEST_LINE = 128 * 1024
_BATCH_LINES = 400
_BATCH_BYTES = 256 * 1024
_BATCHES_AT_ONCE = 16
_BATCH_SECONDS = 0.05
_QUIET_SECONDS = 300.0
_HISTORY_PAUSE = 0.1
_HISTORY_SECONDS = 3.0
_ANSWER_SECONDS = 1.0
_HEALTHY_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 30.0
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_STAMP_LENGTH = 30

Position = tuple[str, int]
"""Timestamp of a line, and its index among those of that timestamp; later lines compare greater."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """One container's log: of its present run, or of the one before run number ``run``. ``service`` owns the pod."""

    namespace: str
    service: str
    pod: str
    uid: str
    container: str
    previous: bool = False
    run: int = 0
    owner: str = ""
    """The uids of namespace and service: others of the same names must not see what was kept. Empty: nobody will."""


class LogState(StrEnum):
    """How it stands with a log."""

    OPENING = "opening"
    FOLLOWING = "following"
    WAITING = "waiting"
    """The container has not started."""
    BROKEN = "broken"
    """The connection was lost; it is tried again."""
    ENDED = "ended"
    """The container is over; nothing more comes unless it starts again."""
    DENIED = "denied"
    """The app itself may not read logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some lines that follow each other: ``data`` is ``["stamp","text"],…`` without the brackets around all.

    ``first`` and ``last`` are the places of its first and last line. A batch of no lines is a gap: what should follow its
    place could not be read any more.
    """

    first: Position
    last: Position
    count: int
    data: bytes

    def after(self, place: Position) -> "Batch | None":
        """The part that follows a place; None where that is nothing."""
        if self.last <= place:
            return None
        if self.first > place:
            return self
        return _batch([line for line in self._places() if line[0] > place])

    def tail(self, maximum: int, since: str) -> "Batch | None":
        """The last lines that are not older than a timestamp; None where there are none."""
        if self.count <= maximum and self.first[0] >= since:
            return self
        lines = [line for line in self._places() if line[0][0] >= since][-maximum:]
        return _batch(lines) if lines else None

    def _places(self) -> Iterator[tuple[Position, str]]:
        stamp, number = self.first
        number -= 1
        for at, text in _decode_lines(b"[" + self.data + b"]"):
            number = number + 1 if at == stamp else 1
            stamp = at
            yield (stamp, number), text


class ContainerLog:
    """One log and its ring; see the module's text. ``run`` reads it, everything else only looks."""

    def __init__(self, client: KubeClient, key: LogKey, *, pods: Store, clock: Clock) -> None:
        self.key = key
        self.viewers = 0
        self.state = LogState.OPENING
        self.problem = ""
        self._client = client
        self._pods = pods
        self._clock = clock
        self._batches: deque[Batch] = deque()
        self._first_number = 0
        self._lines = 0
        self._bytes = 0
        self._is_cut = False
        self._position: Position = ("", 0)
        self._resumed: Position | None = None
        self._passed = 0
        self._pending: list[tuple[Position, str]] = []
        self._pending_bytes = 0
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: set[Subscription] = set()
        self._history_timer: asyncio.TimerHandle | None = None
        self._history_until = 0.0
        self.has_history = False
        """What the kubelet still had at the start has come; before that nobody can tell what the last lines are."""

    # -- looking ------------------------------------------------------------------------------------------------

    @property
    def next_number(self) -> int:
        """The number of the batch that comes next."""
        return self._first_number + len(self._batches)

    def listen(self, subscription: Subscription) -> None:
        """Wakes the subscription when there is more, or the state has changed."""
        self._listeners.add(subscription)

    def unlisten(self, subscription: Subscription) -> None:
        """Ends that."""
        self._listeners.discard(subscription)

    def batches(self, number: int) -> tuple[list[Batch], int, bool]:
        """Some batches from a number on, the number that follows them, and whether some before are no longer kept."""
        start = max(0, number - self._first_number)
        end = min(len(self._batches), start + _BATCHES_AT_ONCE)
        found = [self._batches[index] for index in range(start, end)]
        return found, self._first_number + end, number < self._first_number

    def number_after(self, place: Position) -> tuple[int, bool]:
        """The number of the batch in which the lines after a place begin, and whether some of them are not kept."""
        for index, batch in enumerate(self._batches):
            if batch.last > place or (batch.last == place and not batch.count):
                return self._first_number + index, self._is_cut and index == 0 and batch.first > place
        return self.next_number, False

    def last_lines(self, tail: int, since: str = "") -> tuple[list[Batch], bool]:
        """The last ``tail`` lines, of those that are not older than a timestamp; whether older ones were left out."""
        chosen: list[Batch] = []
        wanted = tail
        for batch in reversed(self._batches):
            if wanted <= 0 or batch.last[0] < since:
                return chosen, True
            part = batch.tail(wanted, since)
            if part is not None:
                chosen.insert(0, part)
                wanted -= part.count
                if part is not batch:
                    return chosen, True
        return chosen, self._is_cut

    # -- reading ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Reads until the pod is gone or the task is cancelled; a log of a run that is over is read once."""
        delay = Delay()
        try:
            while (signature := self._signature()) is not None or self.key.previous:
                pause = await self._attempt(signature, delay)
                if self.state is not LogState.BROKEN:
                    self._end_history()
                if pause is not None:
                    await asyncio.sleep(pause)
                elif self.key.previous:
                    return
                else:
                    await self._another(signature)
            self.end()
        finally:
            for timer in (self._timer, self._history_timer):
                if timer is not None:
                    timer.cancel()

    def end(self, problem: str = "") -> None:
        """Nothing more will come: its pod is gone, or it cannot be read."""
        self._end_history()
        self._set(LogState.ENDED, problem or self.problem)

    async def _attempt(self, signature: Any, delay: Delay) -> float | None:
        """One connection. Returns the pause until the next, None where there is none until the pod changes."""
        opened = self._heard = self._clock.monotonic()
        try:
            await self._read(signature)
        except errors.NotFoundError as error:
            self._set(LogState.ENDED, error.message)
        except errors.BadRequestError as error:
            self._set(LogState.ENDED if self.key.previous else LogState.WAITING, error.message)
        except errors.ForbiddenError as error:
            self._set(LogState.DENIED, error.message)
        except errors.ModelswebError as error:
            now = self._clock.monotonic()
            if now - self._heard >= _QUIET_SECONDS:
                return 0.0  # nothing was written for a while: the connection is only made sure of
            if now - opened > _HEALTHY_SECONDS:
                delay.reset()
            self._set(LogState.BROKEN, error.message)
            return delay.next(error.retry_after)
        else:
            if self._clock.monotonic() - opened > _HEALTHY_SECONDS:
                delay.reset()
            if not self.key.previous and self._runs(signature):
                return delay.next()
            self._set(LogState.ENDED)
        return None

    async def _read(self, signature: Any) -> None:
        """One connection, to its end."""
        stamp, _ = self._position
        self._resumed, self._passed = (self._position if stamp else None), 0
        splitter = _Splitter()
        self._await_history(_ANSWER_SECONDS)
        async with self._client.log(
            namespace=self.key.namespace,
            pod=self.key.pod,
            container=self.key.container,
            follow=not self.key.previous,
            previous=self.key.previous,
            timestamps=True,
            tail_lines=None if stamp else MAX_LINES,
            since_time=stamp or None,
            quiet_seconds=_QUIET_SECONDS,
        ) as chunks:
            self._set(LogState.FOLLOWING)
            self._await_history()
            try:
                async for chunk in chunks:
                    if self._is_of_another():
                        return
                    self._heard = self._clock.monotonic()
                    self._take(splitter.lines(chunk))
                    self._await_history()
                # A connection that broke further on ends as one that came to its end: a line that was cut comes again.
                if self.key.previous or not self._runs(signature):
                    self._take(splitter.rest())
            finally:
                self._flush()

    def _await_history(self, pause: float = _HISTORY_PAUSE) -> None:
        """The kubelet does not say where its history ends: it does where it makes a pause, or after a while.

        Of a container that has written nothing the kubelet sends not even the head of its answer.
        """
        if self.has_history:
            return
        now = self._clock.monotonic()
        self._history_until = self._history_until or now + _HISTORY_SECONDS
        if self._history_timer is not None:
            self._history_timer.cancel()
        pause = max(0.0, min(pause, self._history_until - now))
        self._history_timer = asyncio.get_running_loop().call_later(pause, self._end_history)

    def _end_history(self) -> None:
        if not self.has_history:
            self._flush()
            self.has_history = True
            self._is_cut = self._is_cut or self._lines >= MAX_LINES
            if self.state is LogState.OPENING:
                self.state = LogState.FOLLOWING
            self._wake()

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            stamp, text = self._stamped(line)
            if self._was_seen(stamp):
                continue
            last, number = self._position
            stamp = max(stamp, last)  # clocks are set back now and then; the order is that of the kubelet
            self._position = (stamp, number + 1 if stamp == last else 1)
            self._pending.append((self._position, text))
            self._pending_bytes += len(line)
            if len(self._pending) >= _BATCH_LINES or self._pending_bytes >= _BATCH_BYTES:
                self._flush()
        if self._pending and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_BATCH_SECONDS, self._flush)

    def _stamped(self, line: bytes) -> tuple[str, str]:
        """Timestamp and text. A line without one, as the kubelet writes about itself, has that of the line before."""
        head, _, rest = line.partition(b" ")
        if (stamp := normalised(head)) is not None:
            return stamp, rest.decode("utf-8", "replace")
        return self._position[0], line.decode("utf-8", "replace")

    def _was_seen(self, stamp: str) -> bool:
        """On a connection that takes up another: the line came by the one before."""
        if self._resumed is None:
            return False
        last, number = self._resumed
        if stamp < last:
            return True
        if stamp == last:
            self._passed += 1
            if self._passed <= number:
                return True
        elif self._passed < number:
            self._keep(Batch(first=self._position, last=self._position, count=0, data=b""))
        self._resumed = None
        return False

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._pending:
            return
        batch = _batch(self._pending)
        self._pending, self._pending_bytes = [], 0
        self._keep(batch)

    def _keep(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._lines += batch.count
        self._bytes += len(batch.data)
        while len(self._batches) > 1 and (self._lines > MAX_LINES + _BATCH_LINES or self._bytes > _MAX_BYTES):
            gone = self._batches.popleft()
            self._first_number += 1
            self._lines -= gone.count
            self._bytes -= len(gone.data)
            self._is_cut = True
        self._wake()

    # -- the pod ------------------------------------------------------------------------------------------------

    def _is_of_another(self) -> bool:
        """The name leads to another pod by now: what comes is not of this one."""
        item = self._pods.item(self.key.namespace, self.key.pod)
        return item is not None and item.uid != self.key.uid

    def _signature(self) -> Any:
        """What tells one run of the container from another; None where the pod is gone."""
        item = self._pods.item(self.key.namespace, self.key.pod)
        if item is None or item.uid != self.key.uid:
            return None
        pod = decode(item)
        for field in ("initContainerStatuses", "containerStatuses"):
            for status in pod.items("status", field):
                if status.get("name") == self.key.container:
                    state = Obj(status)
                    kind = next(iter(state.mapping("state")), "")
                    return state.integer("restartCount"), kind, state.string("containerID")
        return (0, "", "")

    def _runs(self, signature: Any) -> bool:
        """By the store the container still runs: the connection broke, or the store is about to hear of the end."""
        now = self._signature()
        return now is not None and (now[1] == "running" or now != signature)

    async def _another(self, signature: Any) -> None:
        """Returns when the container is in another state than it was, at the latest after a while."""
        with self._pods.feed.subscribe(self.key.namespace) as changes:
            deadline = self._clock.monotonic() + _LOOK_AGAIN_SECONDS
            while self._signature() == signature:
                left = deadline - self._clock.monotonic()
                if left <= 0 and self.state is not LogState.ENDED:
                    return
                try:
                    async with asyncio.timeout(left if left > 0 else None):
                        await changes.wait()
                except TimeoutError:
                    continue

    def _set(self, state: LogState, problem: str = "") -> None:
        if (self.state, self.problem) != (state, problem):
            self.state, self.problem = state, problem
            self._wake()

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.wake()


def normalised(stamp: bytes) -> str | None:
    """A kubelet's timestamp in UTC with nine digits, so that texts compare as times do; None where it is none.

    Container runtimes write the node's own time zone, and some leave out zeros.
    """
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    if len(stamp) == _STAMP_LENGTH and match[3] == b"Z":
        return stamp.decode()
    time, zone = match[1].decode(), match[3].decode()
    if zone != "Z":
        try:
            time = datetime.fromisoformat(time + zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        except (ValueError, OverflowError):
            return None
    return f"{time}.{(match[2] or b'').decode():0<9}Z"


class _Splitter:
    """Lines out of chunks, at newlines only; a line that is too long is cut, and said to be."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._is_skipping = False

    def lines(self, chunk: bytes) -> list[bytes]:
        """The lines that are complete now."""
        if b"\n" not in chunk:
            self._keep(chunk)
            return []
        head, _, tail = chunk.partition(b"\n")
        self._keep(head)
        parts = [bytes(self._rest)]
        *complete, rest = tail.split(b"\n")
        parts += [
            line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + b" \xe2\x80\xa6"
            for line in complete
        ]
        self._rest.clear()
        self._is_skipping = False
        self._keep(rest)
        return parts

    def rest(self) -> list[bytes]:
        """What came after the last newline."""
        found = [bytes(self._rest)] if self._rest else []
        self._rest.clear()
        return found

    def _keep(self, data: bytes) -> None:
        if self._is_skipping:
            return
        self._rest += data[: _LONGEST_LINE - len(self._rest)]
        if len(self._rest) >= _LONGEST_LINE:
            self._rest += b" \xe2\x80\xa6"
            self._is_skipping = True


_encode = msgspec.json.Encoder().encode
_decode_lines = msgspec.json.Decoder(list[tuple[str, str]]).decode


def _batch(lines: list[tuple[Position, str]]) -> Batch:
    data = _encode([(stamp, text) for (stamp, _), text in lines])[1:-1]
    return Batch(first=lines[0][0], last=lines[-1][0], count=len(lines), data=data)
