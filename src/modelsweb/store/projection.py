"""One value for each service, made from it and its children, and kept up to date: what a list shows.

A list of a thousand services is not built a thousand times for each change and viewer. The projection hears of every change
from the stores, makes the value of the one service again, and wakes readers only where the value differs from the one
before; most events of a cluster change nothing that a list shows. How a value is made is handed in, for the gateway
does not interpret objects.

``run`` makes values in short slices, so that the first ten thousand do not hold up a page. A value may name a time
(``due``) at which it must be made again though no object changed.

Who may not see some kinds of children gets values that are made without them. Of each namespace a few such views are kept
beside that of everything: one for each set of hidden kinds that somebody asks for.
"""

import asyncio
import heapq
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from modelsweb.clock import Clock
from modelsweb.kube.item import Item
from modelsweb.objects.freshness import Freshness, Gap, gap_of
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Snapshot
from modelsweb.store.changes import Change
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.feed import Feed
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")
Key = tuple[str, str]
Hidden = frozenset[Kind]
"""The kinds that somebody may not see."""
Make = Callable[[Snapshot], tuple[Value, datetime | None, frozenset[Kind]]]
"""A value from a root object and its members; with it when it must be made again though nothing changed, and the shared
kinds that it depends on."""

logger = logging.getLogger(__name__)

EVERYTHING: Hidden = frozenset()
_SLICE = 25
_MAX_LOG = 10_000
"""So many changes are kept; whoever is further behind reads all entries."""
_MAX_VIEWS = 4
_IN_USE_SECONDS = 60.0
_UNUSED_SECONDS = 600.0
_LONGEST_PAUSE = 5.0
_COSTLY = 0.0005
_REST_PER_WORK = 100
"""A service that is costly to make, and changes all the time, takes one per cent of a core."""
_BURST_SECONDS = 0.5
"""So much rest may be owed: a service that seldom changes is made at once though it changes twice in a second."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """A value and the number of its making: two entries of one key with the same number are equal."""

    value: Value
    number: int


@dataclass(frozen=True, slots=True)
class Neighbours(Generic[Value]):
    """What root objects of a kind lean on beside their own: values of another projection, by the names that ``names`` reads in an
    object; ``word`` is what of a value they depend on."""

    projection: "Projection[Value]"
    names: Callable[[Obj], Iterable[str]]
    word: Callable[[Value], str]


class Projection(Generic[Value]):
    """The values of all services of the cluster; see the module's text."""

    def __init__(
        self,
        stores: Mapping[Kind, Store],
        main: Kind,
        *,
        of: Iterable[Kind],
        make: Make[Value],
        clock: Clock,
        children: ChildReader,
        neighbours: Neighbours[Any] | None = None,
    ) -> None:
        """``of`` are the kinds of children that values are made of, and the kind of ``neighbours``; the others only belong to
        snapshots."""
        self.feed = Feed()
        """By namespace: a value there has changed."""
        self.snapshots = Feed()
        """By ``namespace/name``: a service or a child of it changed, whether its value did or not."""
        self._main = stores[main]
        self._kind = main.full_name
        self._of = {kind: stores[kind] for kind in of}
        self._gaps = {kind: gap_of(stores[kind].health) for kind in self._of}
        self._nothing = Hidden(self._of)
        self._views: dict[str, dict[Hidden, float]] = {}
        """By namespace, besides everything and nothing: when each was last asked for."""
        self._held: Counter[tuple[str, Hidden]] = Counter()
        self._settled = asyncio.Event()
        self._make = make
        self._child_reader = children
        self._neighbours = neighbours
        self._needed: dict[str, dict[str, frozenset[str]]] = {}
        """By namespace and name: the neighbours that an object leans on."""
        self._value_listeners: list[Callable[[Key], None]] = []
        self._leans: dict[Key, frozenset[Kind]] = {}
        """The shared kinds that a service's value depends on."""
        self._rests: dict[Key, float] = {}
        """When a service may be made again; what lies in the past is rest that it need not owe."""
        self._resting: dict[Key, None] = {}
        self._clock = clock
        self._entries: dict[str, dict[str, dict[Hidden, Entry[Value]]]] = {}
        self._dirty: dict[Key, None] = {}
        self._due: list[tuple[datetime, Key]] = []
        self._wake = asyncio.Event()
        self._number = 0
        self.revision = 0
        """Counts the changes of entries."""
        self._log: deque[Key] = deque(maxlen=_MAX_LOG)
        self._main.listen_health(self.feed.changed_everywhere)
        self._main.listen_health(self.snapshots.changed_everywhere)
        self._main.listen(lambda change: self._mark(change.ref.namespace, change.ref.name))
        if neighbours is not None:
            neighbours.projection.listen(self._neighbour_changed)
        for kind, store in stores.items():
            if neighbours is not None and kind is neighbours.projection.kind:
                store.listen_health(partial(self._gap_changed, kind))
            elif kind in self._of:
                store.listen(partial(self._shared_changed, kind) if kind.shared else self._child_changed)
                store.listen_health(partial(self._gap_changed, kind))
            elif kind.owner and kind.owner.may_be(self._kind):
                store.listen(self._member_changed)

    @property
    def kind(self) -> Kind:
        """The kind of the root objects."""
        return self._main.kind

    def listen(self, listener: Callable[[Key], None]) -> None:
        """``listener`` is called with the key of each value that changed."""
        self._value_listeners.append(listener)

    def beside(self, root: Obj, hidden: Hidden = EVERYTHING) -> Mapping[str, str] | None:
        """What an object leans on, by name: how it is for who may not see some kinds; None where that may not be seen, or has not
        been read."""
        if self._neighbours is None:
            return None
        other = self._neighbours.projection
        if other.kind in hidden or not other.is_read:
            return None
        found = {}
        unseen = frozenset(kind for kind in hidden if kind in other.kinds)
        for name in self._neighbours.names(root):
            entry = other.entry(root.namespace, name, hidden=unseen)
            if entry is not None:
                found[name] = self._neighbours.word(entry.value)
            elif other.has(root.namespace, name):
                found[name] = ""
        return found

    @property
    def is_read(self) -> bool:
        """Its root objects have been read once."""
        return self._main.is_synced and gap_of(self._main.health) in {None, Gap.ABSENT}

    def has(self, namespace: str, name: str) -> bool:
        """There is such an object, be its value made or not."""
        return self._main.item(namespace, name) is not None

    def _neighbour_changed(self, key: Key) -> None:
        namespace, name = key
        for mine, needed in self._needed.get(namespace, {}).items():
            if name in needed:
                self._mark(namespace, mine)

    def leans_on(self, kind: Kind) -> bool:
        """Its objects lean on those of a kind."""
        return self._neighbours is not None and self._neighbours.projection.kind is kind

    def leaning_on(self, root: ObjectRef, hidden: Hidden = EVERYTHING) -> Iterator[Value]:
        """The values of the objects that lean on a neighbour, by name, as who may not see some kinds sees them."""
        needed = self._needed.get(root.namespace, {})
        for name in sorted(name for name, names in needed.items() if root.name in names):
            if (entry := self.entry(root.namespace, name, hidden=hidden)) is not None:
                yield entry.value

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of children that values are made of, be the cluster known to have them or not."""
        return tuple(self._of)

    @property
    def is_synced(self) -> bool:
        """Every service that was read has its value."""
        return self._main.is_synced and not self._dirty

    def entries(self, namespace: str, hidden: Hidden = EVERYTHING) -> Iterator[tuple[str, Entry[Value]]]:
        """The entries of a namespace by name, as who may not see some kinds sees them.

        While those are not made yet, what is so without any child is shown.
        """
        hidden = self._view(namespace, hidden)
        for name, made in self._entries.get(namespace, {}).items():
            yield name, made.get(hidden) or made[self._nothing]

    async def prepare(self, views: Mapping[str, Hidden], *, seconds: float) -> None:
        """Waits until the entries of some namespaces are made for who may not see some kinds, but not for long."""
        new = [namespace for namespace, hidden in views.items() if self._is_new(namespace, hidden)]
        if new:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._settled.wait()

    @contextmanager
    def holding(self, views: Mapping[str, Hidden]) -> Iterator[None]:
        """For as long as somebody looks at these views, none of them makes room for another."""
        held = list(views.items())
        self._held.update(held)
        try:
            yield
        finally:
            self._held.subtract(held)
            self._held = +self._held

    def _is_new(self, namespace: str, hidden: Hidden) -> bool:
        if not hidden or namespace not in self._entries or hidden in self._views.get(namespace, ()):
            return False
        return self._view(namespace, hidden) is hidden

    def _view(self, namespace: str, hidden: Hidden) -> Hidden:
        """Which of the views that are kept shows this; a new one is made where there is room for it."""
        if not hidden or namespace not in self._entries:
            return hidden
        if hidden >= self._nothing:
            return self._nothing
        views, now = self._views.setdefault(namespace, {}), self._clock.monotonic()
        if hidden not in views:
            self._drop_views(namespace, seconds=_IN_USE_SECONDS, keep=_MAX_VIEWS - 1)
            if len(views) >= _MAX_VIEWS:
                return self._nothing
            for name in self._entries[namespace]:  # somebody waits: not even what rests may
                self._dirty[namespace, name] = None
            self._settled.clear()
            self._wake.set()
        views[hidden] = now
        return hidden

    def _drop_views(self, namespace: str, *, seconds: float, keep: int) -> None:
        """Forgets views that nobody looks at, nor asked for in so many seconds, the oldest first, down to a number."""
        views, now = self._views.get(namespace, {}), self._clock.monotonic()
        for hidden in sorted(views, key=views.__getitem__)[: max(0, len(views) - keep)]:
            if not self._held[namespace, hidden] and now - views[hidden] >= seconds:
                del views[hidden]

    def entry(self, namespace: str, name: str, *, hidden: Hidden = EVERYTHING) -> Entry[Value] | None:
        """One entry, as who may not see some kinds sees it; None where there is none."""
        made = self._entries.get(namespace, {}).get(name)
        if made is None:
            return None
        return made.get(self._view(namespace, hidden)) or made[self._nothing]

    def changed_since(self, revision: int) -> set[Key] | None:
        """The keys of the entries that are not what they were at a revision; None where that is too long ago."""
        count = self.revision - revision
        if not 0 <= count <= len(self._log):
            return None
        return {self._log[-place] for place in range(1, count + 1)}

    def _has_changed(self, key: Key) -> None:
        self.revision += 1
        self._log.append(key)
        self.feed.changed(key[0])
        for listener in self._value_listeners:
            listener(key)

    def _tell_neighbours(self, namespace: str, names: Iterable[str]) -> None:
        """Their pages name who leans on them."""
        if self._neighbours is not None:
            for name in names:
                self._neighbours.projection.snapshots.changed(f"{namespace}/{name}")

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
            self._settled.set()
            self._wake.clear()
            try:
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _child_changed(self, change: Change) -> None:
        for root in change.roots:
            if root.kind == self._kind:
                self._mark(root.namespace, root.name)

    def _member_changed(self, change: Change) -> None:
        for root in change.roots:
            if root.kind == self._kind:
                self.snapshots.changed(f"{root.namespace}/{root.name}")

    def _shared_changed(self, kind: Kind, change: Change) -> None:
        for service in self._main.items(change.ref.namespace or None):
            if kind in self._leans.get(service.key, ()):
                self._mark(*service.key)

    def _gap_changed(self, kind: Kind) -> None:
        """That there are none is evidence only where they were read."""
        if (gap := gap_of(self._of[kind].health)) is not self._gaps[kind]:
            self._gaps[kind] = gap
            for item in self._main.items():
                self._mark(*item.key)

    def _mark(self, namespace: str, name: str) -> None:
        key = namespace, name
        if self._rests.get(key, 0.0) > self._clock.monotonic():
            self._resting[key] = None
        else:
            self._dirty[key] = None
            self._settled.clear()
        self._wake.set()

    def _rested(self) -> list[Key]:
        """What changed while it rested, and may be made again."""
        now = self._clock.monotonic()
        found = [key for key in self._resting if self._rests.get(key, 0.0) <= now]
        for key in found:
            del self._resting[key]
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
        self.snapshots.changed(f"{namespace}/{name}")
        item = self._main.item(namespace, name)
        known = self._entries.get(namespace, {}).get(name)
        leant = self._needed.get(namespace, {}).get(name, frozenset())
        if item is None:
            self._rests.pop(key, None)
            self._leans.pop(key, None)
            self._needed.get(namespace, {}).pop(name, None)
            if known is not None:
                del self._entries[namespace][name]
                if not self._entries[namespace]:
                    del self._entries[namespace]
                    self._views.pop(namespace, None)
                self._has_changed(key)
                self._tell_neighbours(namespace, leant)
            return
        started = self._clock.monotonic()
        made = self._made(item, known or {})
        took = self._clock.monotonic() - started
        free = started - _BURST_SECONDS
        if took >= _COSTLY:
            self._rests[key] = max(self._rests.get(key, free), free) + _REST_PER_WORK * took
        elif self._rests.get(key, free) <= free:
            self._rests.pop(key, None)
        self._entries.setdefault(namespace, {})[name] = made
        if made != known:
            self._has_changed(key)
            self._tell_neighbours(namespace, leant | self._needed.get(namespace, {}).get(name, frozenset()))

    def _made(self, item: Item, known: Mapping[Hidden, Entry[Value]]) -> dict[Hidden, Entry[Value]]:
        """The entry of a service in each view; the same one as before where its value is."""
        root, now = decode(item), self._clock.now()
        gaps = {kind: gap for kind, gap in self._gaps.items() if gap is not None}
        readable = [kind for kind in self._of if gaps.get(kind) in {None, Gap.ABSENT}]
        children = self._child_reader.children(ObjectRef(self._kind, *item.key), readable).by_kind
        made: dict[Hidden, Entry[Value]] = {}
        dues: list[datetime] = []
        if self._neighbours is not None:
            needed = frozenset(self._neighbours.names(root))
            self._needed.setdefault(item.namespace, {})[item.name] = needed
        self._drop_views(item.namespace, seconds=_UNUSED_SECONDS, keep=0)
        for hidden in dict.fromkeys((EVERYTHING, self._nothing, *self._views.get(item.namespace, ()))):
            # What the cluster does not have everybody may know.
            lacking = gaps | {kind: Gap.FORBIDDEN for kind in hidden if gaps.get(kind) is not Gap.ABSENT}
            shown = {kind: some for kind, some in children.items() if lacking.get(kind) in {None, Gap.ABSENT}}
            value, due, leans = self._make(
                Snapshot(
                    kind=self._main.kind,
                    root=root,
                    members=shown,
                    gaps=lacking,
                    health=self._main.health,
                    taken=now,
                    neighbours=self.beside(root, hidden),
                )
            )
            if hidden == EVERYTHING:
                self._leans[item.key] = leans
            if due is not None:
                dues.append(due)
            before = known.get(hidden)
            if before is not None and before.value == value:
                made[hidden] = before
            else:
                self._number += 1
                made[hidden] = Entry(value, self._number)
        if dues:
            heapq.heappush(self._due, (min(dues), item.key))
        return made
