"""One value for each service, made from it and its children, and kept up to date: what a list shows.

A list of a thousand services is not built a thousand times for each change and viewer. The board hears of every change
from the stores, makes the value of the one service anew, and wakes readers only where the value differs from the one
before; most events of a cluster change nothing that a list shows. How a value is made is handed in, for the gateway
does not interpret objects.

``run`` makes values in short slices, so that the first ten thousand do not hold up a page. A value may name a time
(``due``) at which it must be made again though no object changed.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from modelsweb.clock import Clock
from modelsweb.gateway.families import Families
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness
from modelsweb.store.feed import Feed
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")
Key = tuple[str, str]
Make = Callable[[Obj, Mapping[Kind, list[Obj]], datetime], tuple[Value, datetime | None]]

logger = logging.getLogger(__name__)

_SLICE = 25
_LONGEST_PAUSE = 5.0
_COSTLY = 0.0005
_REST_PER_WORK = 100
"""A service that is costly to make, and changes all the time, takes one per cent of a core."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """A value and the number of its making: two entries of one key with the same number are equal."""

    value: Value
    number: int


class Board(Generic[Value]):
    """The values of all services of the cluster; see the module's text."""

    def __init__(
        self,
        stores: Mapping[Kind, Store],
        main: Kind,
        of: Iterable[Kind],
        make: Make[Value],
        clock: Clock,
        families: Families,
    ) -> None:
        """``of`` are the kinds of children that values are made of; the others only belong to families."""
        self.feed = Feed()
        """By namespace: a value there is another."""
        self.families = Feed()
        """By ``namespace/name``: a service or a child of it changed, whether its value did or not."""
        self._main = stores[main]
        self._children = {kind: stores[kind] for kind in of}
        self._readable = {kind: _is_readable(stores[kind]) for kind in self._children}
        self._absent = {
            kind: store for kind, store in stores.items() if kind.link and kind not in self._children
        }
        self._make = make
        self._families = families
        self._rests: dict[Key, float] = {}
        self._resting: dict[Key, None] = {}
        self._clock = clock
        self._entries: dict[str, dict[str, Entry[Value]]] = {}
        self._dirty: dict[Key, None] = {}
        self._due: list[tuple[datetime, Key]] = []
        self._wake = asyncio.Event()
        self._number = 0
        self._main.listen_health(self.feed.changed_everywhere)
        self._main.listen_health(self.families.changed_everywhere)
        self._main.listen(lambda item: self._mark(item.namespace, item.name))
        for kind, store in stores.items():
            if kind in self._children:
                store.listen(self._child_changed)
                store.listen_health(partial(self._readable_changed, kind))
            elif kind.link:
                store.listen(self._member_changed)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of children that values are made of, as far as the cluster has them."""
        return tuple(
            kind for kind, store in self._children.items() if store.health.freshness is not Freshness.ABSENT
        )

    @property
    def is_synced(self) -> bool:
        """Every service that was read has its value."""
        return self._main.is_synced and not self._dirty

    def entries(self, namespace: str) -> Mapping[str, Entry[Value]]:
        """The entries of a namespace by name."""
        return self._entries.get(namespace, {})

    def namespaces(self) -> list[str]:
        """The namespaces that have services."""
        return sorted(self._entries)

    async def run(self) -> None:
        """Keeps the values up to date until cancelled."""
        while True:
            for key in (*self._overdue(), *self._rested()):
                self._dirty[key] = None
            for key in [key for key, _ in zip(self._dirty, range(_SLICE), strict=False)]:
                del self._dirty[key]
                try:
                    self._renew(key)
                except Exception:  # one object that nobody foresaw must not end the others
                    logger.exception("making the value of %s/%s", *key)
            if self._dirty:
                await asyncio.sleep(0)
                continue
            self._wake.clear()
            try:
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _child_changed(self, item: Item) -> None:
        if item.service:
            self._mark(item.namespace, item.service)

    def _member_changed(self, item: Item) -> None:
        if item.service:
            self.families.changed(f"{item.namespace}/{item.service}")

    def _readable_changed(self, kind: Kind) -> None:
        """That there are none is evidence only where they were read."""
        if (is_readable := _is_readable(self._children[kind])) is not self._readable[kind]:
            self._readable[kind] = is_readable
            for item in self._main.items():
                self._mark(*item.key)

    def _mark(self, namespace: str, name: str) -> None:
        key = namespace, name
        if self._rests.get(key, 0.0) > self._clock.monotonic():
            self._resting[key] = None
        else:
            self._rests.pop(key, None)
            self._dirty[key] = None
        self._wake.set()

    def _rested(self) -> list[Key]:
        """What changed while it rested, and may be made again."""
        now = self._clock.monotonic()
        found = [key for key in self._resting if self._rests.get(key, 0.0) <= now]
        for key in found:
            del self._resting[key]
            self._rests.pop(key, None)
        return found

    def _pause(self) -> float:
        now = self._clock.monotonic()
        pauses = [_LONGEST_PAUSE, *(self._rests.get(key, now) - now for key in self._resting)]
        if self._due and self._main.health.freshness is not Freshness.STALE:
            pauses.append((self._due[0][0] - self._clock.now()).total_seconds())
        return max(0.0, min(pauses))

    def _overdue(self) -> Iterator[Key]:
        now = self._clock.now()
        while self._due and self._due[0][0] <= now:
            yield heapq.heappop(self._due)[1]

    def _renew(self, key: Key) -> None:
        namespace, name = key
        self.families.changed(f"{namespace}/{name}")
        item = self._main.item(namespace, name)
        known = self._entries.get(namespace, {}).get(name)
        if item is None:
            self._rests.pop(key, None)
            if known is not None:
                del self._entries[namespace][name]
                if not self._entries[namespace]:
                    del self._entries[namespace]
                self.feed.changed(namespace)
            return
        started = self._clock.monotonic()
        readable = [kind for kind in self._children if self._readable[kind]]
        children = self._families.children(namespace, name, readable).by_kind
        # What the cluster does not have everybody may know.
        children |= {
            kind: [] for kind, store in self._absent.items() if store.health.freshness is Freshness.ABSENT
        }
        value, due = self._make(decode(item), children, self._clock.now())
        if due is not None:
            heapq.heappush(self._due, (due, key))
        took = self._clock.monotonic() - started
        if took >= _COSTLY:
            self._rests[key] = started + _REST_PER_WORK * took
        if known is None or known.value != value:
            self._number += 1
            self._entries.setdefault(namespace, {})[name] = Entry(value, self._number)
            self.feed.changed(namespace)


def _is_readable(store: Store) -> bool:
    return store.health.freshness not in {Freshness.LOADING, Freshness.DENIED}
