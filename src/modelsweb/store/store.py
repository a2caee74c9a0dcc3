"""All objects of one kind, kept equal to the API server by its list+watch.

One task per kind calls ``run``; everything else reads. Both happen in one event loop and no method here awaits
between two changes, so a reader always sees one version of the whole set. Objects are kept as bytes: 10,000 of them
cost their own size and little more, and only what a page shows is decoded.

When a relist replaces the set, the difference decides who is notified: a namespace in which nothing changed is not
woken, and an object that vanished in the gap is removed without having been announced.

An app that is confined to some namespaces follows each of them by itself, and needs no right beyond them; objects that name
roots of several kinds are followed by a watch for each kind of root, as no selector finds them all. The store is as fresh as
the worst of its watches.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.kube.item import Item
from modelsweb.objects.freshness import Freshness, Health, worst
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.changes import Change
from modelsweb.store.feed import Feed

_OTHER_VERSION_SECONDS = 30.0
"""How long a kind that no version of the API serves is not asked for again."""
_decode = msgspec.json.Decoder(dict).decode


class Scope(NamedTuple):
    """What one watch brings: of a namespace that is followed by itself, or of the whole cluster; of all objects, or of those that
    belong to roots of a kind (its full name)."""

    namespace: str | None = None
    root: str = ""


class Store:
    """The objects of one kind: of the whole cluster, or of some namespaces where the kind has any."""

    def __init__(self, kind: Kind, clock: Clock, *, namespaces: Iterable[str] | None = None) -> None:
        self.kind = kind
        self.feed = Feed()
        self.left_out = 0
        """What came and is no object."""
        confined = kind.namespaced and namespaces is not None
        self._kinds = {_root_of(part) if len(kind.parts) > 1 else "": part for part in kind.parts}
        self._scopes: dict[Scope, Health] = {
            Scope(place, root): Health(Freshness.LOADING, clock.now())
            for place in (sorted(namespaces or ()) if confined else [None])
            for root in self._kinds
        }
        self._were_read: set[Scope] = set()
        self._clock = clock
        self._namespaces: dict[str, dict[str, Item]] = {}
        self._children: dict[ObjectRef, dict[str, Item]] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._health_listeners: list[Callable[[], None]] = []
        self._health = Health(Freshness.LOADING, clock.now())
        self._revision = 0
        self._revisions: Counter[str] = Counter()

    @property
    def health(self) -> Health:
        """Whether the watch is open, and since when it is as it is."""
        return self._health

    @property
    def is_synced(self) -> bool:
        """A list has been read, even if the watch broke since; or there is nothing that could be read."""
        return self._health.freshness is not Freshness.LOADING

    def __len__(self) -> int:
        return sum(map(len, self._namespaces.values()))

    def items(self, namespace: str | None = None) -> list[Item]:
        """The items of a namespace, or of all, by namespace and name."""
        if namespace is not None:
            return [item for _, item in sorted(self._namespaces.get(namespace, {}).items())]
        return [item for name in sorted(self._namespaces) for item in self.items(name)]

    def revision(self, namespace: str | None = None) -> int:
        """Another number after each change of a namespace, or of any."""
        return self._revision if namespace is None else self._revisions[namespace]

    def namespaces(self) -> set[str]:
        """The namespaces that have items."""
        return {name for name, items in self._namespaces.items() if items}

    def item(self, namespace: str, name: str) -> Item | None:
        """One item, or None."""
        return self._namespaces.get(namespace, {}).get(name)

    def children(self, root: ObjectRef) -> Iterable[Item]:
        """The items that belong to a root object; in no order."""
        return self._children.get(root, {}).values()

    def listen(self, listener: Callable[[Change], None]) -> None:
        """``listener`` is called with each change, at once and in the event loop."""
        self._listeners.append(listener)

    def listen_health(self, listener: Callable[[], None]) -> None:
        """``listener`` is called when the health changed."""
        self._health_listeners.append(listener)

    async def run(self, client: KubeClient) -> None:
        """Follows the API server until cancelled."""
        async with asyncio.TaskGroup() as group:
            for scope in self._scopes:
                group.create_task(self._follow(client, scope))

    async def _follow(self, client: KubeClient, scope: Scope) -> None:
        """In the version that the API server has; where it has none, that is said, and asked again after a while."""
        versions = self._kinds[scope.root].all_versions
        while True:
            for kind in versions:
                async for change in follow.follow(client, kind, clock=self._clock, namespace=scope.namespace):
                    is_absent = isinstance(change, follow.Broken) and isinstance(
                        change.error, errors.NotFoundError
                    )
                    if not is_absent or kind is versions[-1]:
                        self.apply(change, scope)
                    if is_absent and len(versions) > 1:
                        break
            if len(versions) == 1:
                return
            await asyncio.sleep(_OTHER_VERSION_SECONDS)

    def apply(self, change: follow.Change, scope: Scope | None = None) -> None:
        """One message of a watch; without a scope, of all of them at once."""
        match change:
            case follow.Replaced(items):
                self._replace(items, scope)
            case follow.Put(item):
                self._are_live(scope)
                self._announce(*self._put(item))
            case follow.Removed(item):
                self._are_live(scope)
                if not self._is_of_another(item, scope):
                    self._announce(self._remove(item) or item, None)
            case follow.Progress():
                self._are_live(scope)
            case follow.LeftOut():
                self.left_out += 1
            case follow.Broken(error):
                for one in self._meant(scope):
                    self._broken(error, one)

    def _meant(self, scope: Scope | None) -> tuple[Scope, ...]:
        return tuple(self._scopes) if scope is None else (scope,)

    def _are_live(self, scope: Scope | None) -> None:
        for one in self._meant(scope):
            self._set_health(one, Freshness.LIVE)

    def _is_of_another(self, item: Item, scope: Scope | None) -> bool:
        """It left one watch since another has it: its labels name a root of another kind by now."""
        if scope is None or not scope.root:
            return False
        kept = self.item(item.namespace, item.name)
        return kept is not None and kept.root is not None and kept.root.kind != scope.root

    def _put(self, item: Item) -> tuple[Item | None, Item | None]:
        """Keeps an item. Returns what was kept under its name before, and what is now: children without a root are not."""
        before = self._namespaces.get(item.namespace, {}).get(item.name)
        if before is not None and before.root != item.root:
            self._remove(before)
        is_child = self.kind.owner is not None
        if is_child and item.root is None:
            return before, None
        self._namespaces.setdefault(item.namespace, {})[item.name] = item
        if is_child and item.root is not None:
            self._children.setdefault(item.root, {})[item.name] = item
        return before, item

    def _remove(self, item: Item) -> Item | None:
        """Forgets an item, and returns it as it was kept, with the root that it belonged to."""
        kept = self._namespaces.get(item.namespace, {}).pop(item.name, None)
        if self.kind.owner is not None and kept is not None and kept.root is not None:
            siblings = self._children.get(kept.root, {})
            siblings.pop(kept.name, None)
            if not siblings:
                self._children.pop(kept.root, None)
        return kept

    def _in(self, scope: Scope | None) -> Iterator[Item]:
        place, root = scope or Scope()
        for item in self.items(place):
            if not root or (item.root is not None and item.root.kind == root):
                yield item

    def _replace(self, items: Iterable[Item], scope: Scope | None) -> None:
        before = {item.key: item for item in self._in(scope)}
        if len(before) == len(self):
            self._namespaces, self._children = {}, {}
        else:
            for item in before.values():
                self._remove(item)
        self._were_read.update(self._meant(scope))
        for item in items:
            _, kept = self._put(item)
            known = before.pop(item.key, None)
            if known is None or kept is None or _version(known) != _version(kept):
                self._announce(known, kept)
        for item in before.values():
            self._announce(item, None)
        self._are_live(scope)

    def _broken(self, error: errors.ModelswebError, scope: Scope) -> None:
        if isinstance(error, errors.ForbiddenError):
            self._set_health(scope, Freshness.DENIED, problem=error.message)
        elif isinstance(error, errors.NotFoundError):
            self._set_health(scope, Freshness.ABSENT, problem=error.message)
        elif scope not in self._were_read:
            self._scopes[scope] = Health(Freshness.LOADING, self._scopes[scope].since, error.message)
            self._judge()
        else:
            self._set_health(scope, Freshness.STALE, problem=error.message)

    def _set_health(self, scope: Scope, freshness: Freshness, *, problem: str = "") -> None:
        if self._scopes[scope].freshness is not freshness:
            self._scopes[scope] = Health(freshness, self._clock.now(), problem)
            self._judge()

    def _judge(self) -> None:
        """The whole is as fresh as the worst of its parts."""
        found = worst(self._scopes.values())
        if found != self._health:
            self._health = found
            self._announce_health()

    def _announce(self, before: Item | None, after: Item | None) -> None:
        item = after or before
        if item is None:  # nobody's, and it was nobody's before
            return
        ref = ObjectRef(self.kind.full_name, item.namespace, item.name)
        change = Change(ref=ref, before=before, after=after, at=self._clock.now())
        self._revision += 1
        self._revisions[item.namespace] += 1
        self.feed.changed(item.namespace)
        for listener in self._listeners:
            listener(change)

    def _announce_health(self) -> None:
        self.feed.changed_everywhere()
        for listener in self._health_listeners:
            listener()


def _root_of(kind: Kind) -> str:
    return kind.owner.labels[0].of if kind.owner is not None else ""


def decode(item: Item) -> Obj:
    """The whole object; about 0.1 ms for a usual InferenceService."""
    return Obj(_decode(item.raw))


def _version(item: Item) -> tuple[str, str, ObjectRef | None]:
    return item.uid, item.resource_version, item.root
