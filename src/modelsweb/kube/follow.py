"""List and watch, for ever: the loop under the store and under the simulator's controllers.

``follow`` yields what happened to one kind: the whole set replaced, one object put, one removed, progress without
a change, or the connection broken. It never ends and never raises an API error; cancel it to stop.

The first list is a streaming one (``sendInitialEvents``), which costs the API server no copy of the list; where the
server refuses that, a list in pages. A watch that ends is taken up from the last version seen, bookmarks included.
When that version is too old (410) everything is listed again and yielded as one ``Replaced``, so that the receiver
can tell which objects vanished in the gap. Rejected: patching the gap by watching from "now", which loses deletions.

Failures wait with full jitter between half and one and a half times a delay that doubles from 0.2 s to 30 s, so that
a thousand clients of a restarted API server do not return in one wave.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.kube.client import KubeClient
from modelsweb.kube.item import Item, UnusableObjectError, slim
from modelsweb.objects.kind import Kind

log = logging.getLogger(__name__)

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 30.0
_HEALTHY_SECONDS = 5.0
_UNNOTICED_SECONDS = 1.0
_WATCH_SECONDS = (240, 300)
_INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclass(frozen=True, slots=True)
class Replaced:
    """All objects, as a list gave them."""

    items: list[Item]


@dataclass(frozen=True, slots=True)
class Put:
    """An object was added or changed."""

    item: Item


@dataclass(frozen=True, slots=True)
class Removed:
    """An object is gone; the item is its last state."""

    item: Item


@dataclass(frozen=True, slots=True)
class Progress:
    """The watch is open (again), and nothing else changed up to here."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something came that is no object; the others go on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """What is known may be out of date from now on; another attempt follows by itself."""

    error: errors.ModelswebError


Change = Replaced | Put | Removed | Progress | LeftOut | Broken


class _Version(msgspec.Struct):
    resourceVersion: str = ""  # noqa: N815 - the API's spelling
    annotations: dict[str, str] | None = None


class _Bookmark(msgspec.Struct):
    metadata: _Version


_bookmark = msgspec.json.Decoder(_Bookmark)


class Delay:
    """The pause before the next attempt: doubles with each failure, starts over after success."""

    def __init__(self) -> None:
        self._seconds = _FIRST_DELAY

    def reset(self) -> None:
        """The last attempt was good."""
        self._seconds = _FIRST_DELAY

    def next(self, at_least: float | None = None) -> float:
        """Seconds to wait now; ``at_least`` is what the server asked for."""
        seconds = self._seconds * random.uniform(0.5, 1.5)
        self._seconds = min(self._seconds * 2, _LONGEST_DELAY)
        return max(seconds, at_least or 0.0)


class _Session:
    """What one follower knows between two connections."""

    def __init__(self, client: KubeClient, kind: Kind, *, namespace: str | None) -> None:
        self.client = client
        self.kind = kind
        self.namespace = namespace
        self.version: str | None = None
        self.streaming_list = True

    async def changes(self) -> AsyncGenerator[Change, None]:
        """One connection: a list where no version is known, then the watch until it ends."""
        if self.version is None and not self.streaming_list:
            raw, version = await self.client.list_all(self.kind, namespace=self.namespace)
            self.version = version
            for change in self._listed(raw):
                yield change
        initial: list[Item] | None = [] if self.version is None else None
        async with self.client.watch(
            self.kind,
            namespace=self.namespace,
            resource_version=self.version,
            send_initial_events=initial is not None,
            timeout_seconds=random.randint(*_WATCH_SECONDS),
        ) as events:
            if initial is None:
                yield Progress()
            async for event in events:
                if event.type == "BOOKMARK":
                    if (mark := _mark(event.object)) is None:
                        yield self._left_out("A bookmark has no version.")
                        continue
                    if initial is None:
                        self.version = mark.resourceVersion
                        yield Progress()
                    elif _INITIAL_EVENTS_END in (mark.annotations or {}):
                        self.version = mark.resourceVersion
                        yield Replaced(initial)
                        initial = None
                    continue
                item = self._slim(event.object)
                if isinstance(item, LeftOut):
                    yield item
                    continue
                if initial is not None:
                    initial.append(item)
                    continue
                self.version = item.resource_version or self.version
                yield Removed(item) if event.type == "DELETED" else Put(item)

    def _listed(self, raw: Iterable[msgspec.Raw]) -> Iterator[Change]:
        found = [self._slim(item) for item in raw]
        yield from (one for one in found if isinstance(one, LeftOut))
        yield Replaced([one for one in found if isinstance(one, Item)])

    def _slim(self, raw: msgspec.Raw) -> Item | LeftOut:
        try:
            return slim(raw, self.kind)
        except UnusableObjectError as error:
            return self._left_out(str(error))

    def _left_out(self, reason: str) -> LeftOut:
        log.warning("%s: something that is no object is left out: %s", self.kind.plural, reason)
        return LeftOut(reason)


def _mark(raw: msgspec.Raw) -> _Version | None:
    try:
        mark = _bookmark.decode(raw).metadata
    except (msgspec.DecodeError, RecursionError):
        return None
    return mark if mark.resourceVersion else None


def _note(kind: Kind, problem: errors.ModelswebError) -> None:
    """For the log, what users do not see: addresses and files stand in the error's cause."""
    if (cause := problem.__cause__) is not None:
        log.warning("%s: %s (%s: %s)", kind.plural, problem.message, type(cause).__name__, cause)


def _silent_end(pause: float) -> errors.ModelswebError | None:
    """Why a watch that ended without an error must still be called broken: nothing is open for too long."""
    if pause <= _UNNOTICED_SECONDS:
        return None
    return errors.UnavailableError("The API server ends each watch as soon as it is open.")


async def follow(
    client: KubeClient, kind: Kind, *, clock: Clock, namespace: str | None = None
) -> AsyncGenerator[Change, None]:
    """The changes of a kind, for ever; see the module's text."""
    session = _Session(client, kind, namespace=namespace)
    delay = Delay()
    while True:
        good_since: float | None = None
        problem: errors.ModelswebError | None = None
        try:
            async with aclosing(session.changes()) as changes:
                async for change in changes:
                    if good_since is None:
                        good_since = clock.monotonic()
                    yield change
        except errors.ExpiredError:
            log.info("%s: version %s is too old, listing again", kind.plural, session.version)
            session.version = None
        except (errors.InvalidError, errors.BadRequestError) as error:
            if session.version is None and session.streaming_list:
                session.streaming_list = False
                continue
            problem = error
        except errors.ModelswebError as error:
            problem = error
        except msgspec.DecodeError as error:
            problem = errors.ClusterError(f"The API server sent a watch line that is no JSON: {error}")
        if good_since is not None and clock.monotonic() - good_since > _HEALTHY_SECONDS:
            delay.reset()
            if problem is None:
                continue
        pause = delay.next(problem.retry_after if problem else None)
        problem = problem or _silent_end(pause)
        if problem is not None:
            _note(kind, problem)
            yield Broken(problem)
        await asyncio.sleep(pause)
