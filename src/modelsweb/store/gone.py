"""Services that went a short while ago, with what they owned when they went: their pages go on, for reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelsweb.clock import Clock
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.store.store import Store

_KEPT = timedelta(minutes=10)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Gone:
    """A service's last state, and when it went."""

    at: datetime
    service: Item
    children: Mapping[Kind, tuple[Item, ...]]


class GoneServices:
    """The last states of services, for ten minutes and of two hundred at most."""

    def __init__(self, services: Store, children: Mapping[Kind, Store], clock: Clock) -> None:
        self._services = services
        self._children = children
        self._clock = clock
        self._known: dict[tuple[str, str], Gone] = {}
        services.listen(self._changed)

    def find(self, namespace: str, name: str) -> Gone | None:
        """The last state of a service that went, or None."""
        found = self._known.get((namespace, name))
        return found if found is not None and self._clock.now() - found.at < _KEPT else None

    def _changed(self, item: Item) -> None:
        key = (item.namespace, item.name)
        self._known.pop(key, None)
        if self._services.item(*key) is not None:
            return
        while len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        children = {kind: tuple(store.children(*key)) for kind, store in self._children.items()}
        self._known[key] = Gone(self._clock.now(), item, children)
