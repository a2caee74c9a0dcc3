"""What services own, as objects. Those of large families are kept decoded: a change then costs what changed.

Of the events of a service the newest about each object are taken, and of the objects those that events were last about:
a service about which ten thousand were written is judged like one of a hundred. ``left_out`` counts the others.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from modelsweb.kinds import EVENT
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.changes import Change
from modelsweb.store.events import events_of
from modelsweb.store.store import Store, decode

_LARGE = 50
_MAX_KEPT = 8
"""So many large families are kept; a pod is about 30 kB."""


@dataclass(frozen=True, slots=True)
class Children:
    """The objects by kind, and how many events were left out."""

    by_kind: dict[Kind, list[Obj]]
    left_out: int


class ChildReader:
    """The children of services; see the module's text."""

    def __init__(self, stores: Mapping[Kind, Store]) -> None:
        self._stores = stores
        self._events = events_of(stores)
        self._shared: dict[tuple[Kind, str, str], Obj] = {}
        for kind, store in stores.items():
            if kind.shared:
                store.listen(partial(self._forget_shared, kind))
        self._kept: OrderedDict[ObjectRef, dict[tuple[Kind, str], tuple[Item, Obj]]] = OrderedDict()

    def children(self, root: ObjectRef, kinds: Iterable[Kind], *, all_events: bool = False) -> Children:
        """The children of some kinds; of shared ones what the namespace, or the cluster, has."""
        items: dict[Kind, tuple[Item, ...]] = {}
        shared: dict[Kind, list[Obj]] = {}
        left_out = 0
        for kind in kinds:
            if kind.shared:
                shared[kind] = self._all_of(kind, root.namespace)
            elif kind is EVENT and not all_events:
                items[kind], left_out = self._events.recent(root)
            else:
                items[kind] = tuple(self._stores[kind].children(root))
        return Children({**self._decoded(root, items), **shared}, left_out)

    def _all_of(self, kind: Kind, namespace: str) -> list[Obj]:
        """Each is decoded once, for all services."""
        found = []
        for item in self._stores[kind].items(namespace if kind.namespaced else None):
            key = (kind, *item.key)
            if (known := self._shared.get(key)) is None:
                known = self._shared[key] = decode(item)
            found.append(known)
        return found

    def _forget_shared(self, kind: Kind, change: Change) -> None:
        self._shared.pop((kind, change.ref.namespace, change.ref.name), None)

    def _decoded(self, key: ObjectRef, items: Mapping[Kind, tuple[Item, ...]]) -> dict[Kind, list[Obj]]:
        if sum(map(len, items.values())) < _LARGE:
            self._kept.pop(key, None)
            return {kind: [decode(item) for item in some] for kind, some in items.items()}
        kept = self._kept.setdefault(key, {})  # a store has one item for each state of an object
        self._kept.move_to_end(key)
        while len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        decoded: dict[Kind, list[Obj]] = {}
        current: dict[tuple[Kind, str], tuple[Item, Obj]] = {}
        for kind, some in items.items():
            decoded[kind] = []
            for item in some:
                known = kept.get((kind, item.name))
                if known is None or known[0] is not item:
                    known = (item, decode(item))
                current[kind, item.name] = known
                decoded[kind].append(known[1])
        # Who asks for some kinds only must not drop what others ask for; what is gone goes with the next large change.
        kept.update(current)
        if len(kept) > 2 * len(current):
            self._kept[key] = current
        return decoded
