"""All objects of one kind, kept equal to the API server by its list+watch.

One task per kind calls ``run``; everything else reads. Both happen in one event loop and no method here awaits
between two changes, so a reader always sees one version of the whole set. Objects are kept as bytes: 10,000 of them
cost their own size and little more, and only what a page shows is decoded.

When a relist replaces the set, the difference decides who is told: a namespace in which nothing changed is not
woken, and an object that vanished in the gap is removed without having been announced.
"""

from collections.abc import Iterable

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.kube.item import Item
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness, Health
from modelsweb.store.feed import Feed

_decode = msgspec.json.Decoder(dict).decode


class Store:
    """The objects of one kind in the whole cluster."""

    def __init__(self, kind: Kind, clock: Clock) -> None:
        self.kind = kind
        self.feed = Feed()
        self._was_read = False
        self._clock = clock
        self._namespaces: dict[str, dict[str, Item]] = {}
        self._health = Health(Freshness.LOADING, clock.now())

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

    def item(self, namespace: str, name: str) -> Item | None:
        """One item, or None."""
        return self._namespaces.get(namespace, {}).get(name)

    async def run(self, client: KubeClient) -> None:
        """Follows the API server until cancelled."""
        async for change in follow.follow(client, self.kind, clock=self._clock):
            self._apply(change)

    def _apply(self, change: follow.Change) -> None:
        match change:
            case follow.Replaced(items):
                self._replace(items)
            case follow.Put(item):
                self._set_health(Freshness.LIVE)
                self._namespaces.setdefault(item.namespace, {})[item.name] = item
                self._announce(item.namespace)
            case follow.Removed(item):
                self._set_health(Freshness.LIVE)
                self._namespaces.get(item.namespace, {}).pop(item.name, None)
                self._announce(item.namespace)
            case follow.Progress():
                self._set_health(Freshness.LIVE)
            case follow.Broken(error):
                self._broken(error)

    def _replace(self, items: Iterable[Item]) -> None:
        before = self._namespaces
        after: dict[str, dict[str, Item]] = {}
        for item in items:
            after.setdefault(item.namespace, {})[item.name] = item
        self._namespaces, self._was_read = after, True
        for namespace in sorted(before.keys() | after.keys()):
            if _versions(before.get(namespace)) != _versions(after.get(namespace)):
                self._announce(namespace)
        self._set_health(Freshness.LIVE)

    def _broken(self, error: errors.ModelswebError) -> None:
        if isinstance(error, errors.ForbiddenError):
            self._set_health(Freshness.DENIED, error.message)
        elif isinstance(error, errors.NotFoundError):
            self._set_health(Freshness.ABSENT, error.message)
        elif not self._was_read:
            self._health = Health(Freshness.LOADING, self._health.since, error.message)
            self._announce_health()
        else:
            self._set_health(Freshness.STALE, error.message)

    def _set_health(self, freshness: Freshness, problem: str = "") -> None:
        if self._health.freshness is not freshness:
            self._health = Health(freshness, self._clock.now(), problem)
            self._announce_health()

    def _announce(self, namespace: str) -> None:
        self.feed.changed(namespace)

    def _announce_health(self) -> None:
        self.feed.changed_everywhere()


def decode(item: Item) -> Obj:
    """The whole object; about 0.1 ms for a usual InferenceService."""
    return Obj(_decode(item.raw))


def _versions(items: dict[str, Item] | None) -> dict[str, tuple[str, str]]:
    return {name: (item.uid, item.resource_version) for name, item in (items or {}).items()}
