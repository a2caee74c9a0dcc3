"""Root objects of a kind that went a short while ago, with what they owned when they went: their pages go on, for reading.

A name is not an identity: a namespace that is deleted and made again belongs to somebody else, who must not read what the
former one held. Where the namespace cannot be read, nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelsweb.clock import Clock
from modelsweb.kinds import CHILDREN, NAMESPACE
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.store.changes import Change
from modelsweb.store.store import Store

_KEPT = timedelta(minutes=10)
_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LastState:
    """An object's last state, and when it went."""

    at: datetime
    place: str
    """The uid of its namespace then."""
    root: Item
    children: Mapping[Kind, tuple[Item, ...]]


class RecentlyDeleted:
    """The last states of the root objects of a kind, for ten minutes and of two hundred at most."""

    def __init__(self, stores: Mapping[Kind, Store], root: Kind, *, clock: Clock) -> None:
        self._namespaces = stores[NAMESPACE]
        self._children = {kind: stores[kind] for kind in CHILDREN}
        self._clock = clock
        self._known: dict[tuple[str, str], LastState] = {}
        stores[root].listen(self._changed)

    def find(self, namespace: str, name: str, *, place: str) -> LastState | None:
        """The last state of an object that went, or None; ``place`` is the uid of the namespace that is there now."""
        found = self._known.get((namespace, name))
        if found is None or found.place != place or self._clock.now() - found.at >= _KEPT:
            return None
        return found

    def _changed(self, change: Change) -> None:
        item = change.before
        self._known.pop((change.ref.namespace, change.ref.name), None)
        if item is None or change.after is not None:
            return
        namespace = self._namespaces.item("", item.namespace)
        if namespace is None:
            return
        while len(self._known) >= _MAX:
            del self._known[next(iter(self._known))]
        children = {kind: tuple(store.children(change.ref)) for kind, store in self._children.items()}
        self._known[item.namespace, item.name] = LastState(
            at=change.at, place=namespace.uid, root=item, children=children
        )
