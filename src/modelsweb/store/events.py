"""The store of events: they do not say whose they are.

Who knows the objects that they are about is asked (``belong``). Those of which nobody knows yet wait, since an event often
comes before its object does.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

import msgspec

from modelsweb.clock import Clock
from modelsweb.kinds import EVENT
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.store import Scope, Store

_MAX_WAITING = 20_000
"""Most events of a cluster are about what is no business of ours, and nobody ever asks for them."""
_MAX_RECENT = 500
_MAX_OF_AN_OBJECT = 30


class EventStore(Store):
    """The events about root objects, and about what these own; see the module's text."""

    def __init__(self, clock: Clock, namespaces: Iterable[str] | None = None) -> None:
        super().__init__(EVENT, clock, namespaces=namespaces)
        self._find_root: Callable[[Item], ObjectRef | None] = lambda _: None
        self._about: dict[ObjectRef, dict[str, dict[str, Item]]] = {}
        """By root, and by the uid of what they are about; the newest last."""
        self._waiting: dict[tuple[str, str], Item] = {}
        self._waiting_in: dict[str, dict[tuple[str, str], None]] = {}
        self._awaited: dict[str, dict[tuple[str, str], None]] = {}

    def belong(self, find_root: Callable[[Item], ObjectRef | None]) -> None:
        """Whom an event belongs to is answered by ``find_root``; None where nobody knows."""
        self._find_root = find_root

    def settle(self, uid: str) -> None:
        """Asks again for those that wait for one object."""
        for key in tuple(self._awaited.get(uid, ())):
            self._settle(key)

    def settle_all(self, namespace: str | None = None) -> None:
        """Asks again for all that wait, or for those of a namespace."""
        for key in tuple(self._waiting if namespace is None else self._waiting_in.get(namespace, ())):
            self._settle(key)

    def disown(self, root: ObjectRef) -> None:
        """Forgets what belongs to a root: it is gone."""
        for item in tuple(self.children(root)):
            self._remove(item)

    def recent(self, root: ObjectRef) -> tuple[tuple[Item, ...], int]:
        """Of a root the newest about each object, of the objects that had events last; how many are left out."""
        about = self._about.get(root, {})
        found: list[Item] = []
        for uid in reversed(about):
            if len(found) >= _MAX_RECENT:
                break
            found += islice(reversed(about[uid].values()), _MAX_OF_AN_OBJECT)
        return tuple(found), len(self._children.get(root, ())) - len(found)

    def _put(self, item: Item) -> tuple[Item | None, Item | None]:
        self._wait_no_more(item.key)
        before = self.item(*item.key)
        if before is not None and before.about != item.about:
            self._remove(before)
        item = msgspec.structs.replace(item, root=self._find_root(item))
        _, after = super()._put(item)
        if item.root is None:
            self._wait(item)
        elif item.about is not None:
            about = self._about.setdefault(item.root, {})
            same = about.pop(item.about.uid, {})
            same.pop(item.name, None)
            about[item.about.uid] = same
            same[item.name] = item
        return before, after

    def _remove(self, item: Item) -> Item | None:
        self._wait_no_more(item.key)
        kept = super()._remove(item)
        if kept is None or kept.about is None or kept.root is None:
            return kept
        if (about := self._about.get(kept.root)) is None:
            return kept
        same = about.get(kept.about.uid, {})
        same.pop(kept.name, None)
        if not same:
            about.pop(kept.about.uid, None)
        if not about:
            del self._about[kept.root]
        return kept

    def _replace(self, items: Iterable[Item], scope: Scope | None) -> None:
        place = None if scope is None else scope.namespace
        for key in [key for key in self._waiting if place is None or key[0] == place]:
            self._wait_no_more(key)
        if place is None:
            self._about = {}
        super()._replace(items, scope)

    def _wait(self, item: Item) -> None:
        while len(self._waiting) >= _MAX_WAITING:
            self._wait_no_more(next(iter(self._waiting)))
        self._waiting[item.key] = item
        self._waiting_in.setdefault(item.namespace, {})[item.key] = None
        if item.about is not None:
            self._awaited.setdefault(item.about.uid, {})[item.key] = None

    def _wait_no_more(self, key: tuple[str, str]) -> None:
        if (item := self._waiting.get(key)) is None:
            return
        del self._waiting[key]
        del self._waiting_in[item.namespace][key]
        if not self._waiting_in[item.namespace]:
            del self._waiting_in[item.namespace]
        if item.about is None:
            return
        same = self._awaited[item.about.uid]
        del same[key]
        if not same:
            del self._awaited[item.about.uid]

    def _settle(self, key: tuple[str, str]) -> None:
        item = self._waiting.get(key)
        if item is not None and self._find_root(item):
            self._announce(*self._put(item))


def make_stores(
    kinds: Iterable[Kind], clock: Clock, *, namespaces: Iterable[str] | None = None
) -> dict[Kind, Store]:
    """A store for each kind."""
    return {
        kind: EventStore(clock, namespaces) if kind is EVENT else Store(kind, clock, namespaces=namespaces)
        for kind in kinds
    }


def events_of(stores: Mapping[Kind, Store]) -> EventStore:
    """The store of events among some."""
    found = stores[EVENT]
    assert isinstance(found, EventStore)
    return found
