"""Whose an event is: the root of the object that it is about, found by that object's uid.

Events come by a watch of their own, often before their object does, and stay for an hour after it went. One whose object
is not there yet waits in its store; what went keeps its owner for a while, but not longer than its root is there.

Of an object that nobody here has seen, since it went before the app was started, the maker that is still there tells:
Kubernetes calls a pod after its ReplicaSet and a ReplicaSet after its Deployment, with letters of its own at the end
(https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go), and Knative calls what it puts between
by the Revision's name. Such an event is not much older than its maker: an earlier root of the name had objects of the
same names, and nothing else tells them apart.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from modelsweb.clock import CLOCKS_DIFFER, parse_time
from modelsweb.kinds import CHILDREN, DEPLOYMENT, EVENT, REPLICA_SET, REVISION, ROOTS
from modelsweb.kube.item import Item, Reference, created, owners
from modelsweb.objects.freshness import Freshness
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.changes import Change
from modelsweb.store.events import events_of
from modelsweb.store.store import Store

NAMESPACE_OF_CLUSTER = "default"
"""Where events about objects without a namespace are written."""
_MAX_GONE = 20_000
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
_POD = re.compile(rf"((.+)-{_LETTERS}{{1,10}})-{_LETTERS}{{5}}")
_REPLICA_SET = re.compile(rf"(.+)-{_LETTERS}{{1,10}}")
_NAMED_AS_REVISION = {"PodAutoscaler", "ServerlessService", "Metric", "Image"}


class Owners:
    """The objects that are there by uid, and for a while those that went; see the module's text."""

    def __init__(self, stores: Mapping[Kind, Store]) -> None:
        """What must see a root's events when the root goes has to listen to its store before this does."""
        self._stores = stores
        self._events = events_of(stores)
        self._were_read: set[Kind] = set()
        self._there: dict[str, Item] = {}
        self._gone: dict[str, ObjectRef] = {}
        self._gone_of: dict[ObjectRef, set[str]] = {}
        self._roots = {kind.full_name: stores[kind] for kind in ROOTS if kind in stores}
        self._events.belong(self.root_of)
        for kind in (*ROOTS, *CHILDREN):
            if kind is not EVENT and kind in stores:
                stores[kind].listen(partial(self._changed, kind))
                stores[kind].listen_health(partial(self._health_changed, kind))

    def root_of(self, event: Item) -> ObjectRef | None:
        """The root object that an event belongs to; None where it is nobody's, or nobody's yet.

        It must stand where events about objects of the root's namespace are written: else anybody could tell of what is not
        theirs, to those who may not see it
        (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go).
        """
        root = self._root_of(event, event.about) if event.about is not None else None
        is_in_place = root is not None and event.namespace == (root.namespace or NAMESPACE_OF_CLUSTER)
        return root if is_in_place else None

    def _root_of(self, event: Item, about: Reference) -> ObjectRef | None:
        if about.uid and (there := self._there.get(about.uid)) is not None:
            return there.root if self._has_root(there) and self._is_of_present(there) else None
        if about.uid and (gone := self._gone.get(about.uid)) is not None:
            return gone
        for kind, name in _makers(about):
            maker = self._stores[kind].item(event.namespace if kind.namespaced else "", name)
            if maker is not None and self._is_of_present(maker) and not _is_before(event, maker):
                return maker.root
        return None

    def _is_of_present(self, item: Item) -> bool:
        """It is not what is left of an earlier root of the same name, as far as its owners can be followed."""
        if item.root is None or (store := self._roots.get(item.root.kind)) is None:
            return True
        root = store.item(item.root.namespace, item.root.name)
        if root is None or root is item:
            return True
        seen = {item.uid}
        above = [item]
        while above:
            for owner in owners(above.pop()):
                if owner.kind == store.kind.kind:
                    return owner.uid == root.uid
                if (there := self._there.get(owner.uid)) is not None and owner.uid not in seen:
                    seen.add(owner.uid)
                    above.append(there)
        return True

    def _has_root(self, item: Item) -> bool:
        """Its root is there; while roots of that kind are being read nobody can tell that it is not."""
        if item.root is None or (store := self._roots.get(item.root.kind)) is None:
            return False
        is_live = store.health.freshness is Freshness.LIVE
        return not is_live or store.item(item.root.namespace, item.root.name) is not None

    def _health_changed(self, kind: Kind) -> None:
        """Once a kind has been read, those whose makers are of it need not wait."""
        if kind not in self._were_read and self._stores[kind].health.freshness is Freshness.LIVE:
            self._were_read.add(kind)
            self._events.settle_all()

    def _changed(self, kind: Kind, change: Change) -> None:
        if change.before is not None and change.before.uid and change.is_of_another:
            self._went(kind, change.before)
        item = change.after
        if item is None or not item.uid:
            return
        is_new = item.uid not in self._there
        self._there[item.uid] = item
        self._forget(item.uid)
        if is_new:
            self._events.settle(item.uid)
            if kind.is_root:
                self._events.settle_all(item.namespace or NAMESPACE_OF_CLUSTER)

    def _went(self, kind: Kind, item: Item) -> None:
        self._there.pop(item.uid, None)
        if item.root is None:
            return
        if kind.is_root:
            for uid in self._gone_of.pop(item.root, ()):
                self._gone.pop(uid, None)
            self._events.disown(item.root)
        elif self._has_root(item) and self._is_of_present(item):
            self._remember(item, item.root)

    def _remember(self, item: Item, root: ObjectRef) -> None:
        self._forget(item.uid)
        while len(self._gone) >= _MAX_GONE:
            self._forget(next(iter(self._gone)))
        self._gone[item.uid] = root
        self._gone_of.setdefault(root, set()).add(item.uid)

    def _forget(self, uid: str) -> None:
        """No longer remembers an object as gone."""
        root = self._gone.pop(uid, None)
        if root is None or (same := self._gone_of.get(root)) is None:
            return
        same.discard(uid)
        if not same:
            del self._gone_of[root]


def _is_before(event: Item, maker: Item) -> bool:
    """An event was written long before an object was made, however wrong the clocks of its reporters are."""
    seen, made = parse_time(created(event)), parse_time(created(maker))
    return seen is not None and made is not None and seen < made - CLOCKS_DIFFER


def _makers(about: Reference) -> Iterator[tuple[Kind, str]]:
    """What an object that is not there may have been made by; of one without a uid, itself."""
    match about.kind:
        case kind if not about.uid:
            yield from ((one, about.name) for one in (*ROOTS, *CHILDREN) if one.kind == kind)
        case "Pod" if found := _POD.fullmatch(about.name):
            yield REPLICA_SET, found[1]
            yield DEPLOYMENT, found[2]
        case "ReplicaSet" if found := _REPLICA_SET.fullmatch(about.name):
            yield DEPLOYMENT, found[1]
        case "Revision":
            yield REVISION, about.name
        case "Deployment":
            yield DEPLOYMENT, about.name
        case kind if kind in _NAMED_AS_REVISION:
            yield REVISION, about.name
