"""Objects as the store has them, byte by byte, for programs: nothing is decoded, and no verdict is made."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.authorization import Authorization
from modelsweb.gateway.reader import ListGrant, ObjectGrant
from modelsweb.kube.item import Item, Reference
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.feed import Subscription
from modelsweb.store.history import History
from modelsweb.store.store import Store, decode

__all__ = ["Item", "Key", "Moment", "RawReader", "Subscription", "WatchType", "decode"]

Key = tuple[str, str]
_MAX_VERSIONS = 10_000


class WatchType(StrEnum):
    """What became of an object, as the Kubernetes API calls it."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the changes that one run of the app has seen."""

    run: str
    number: int


class RawReader:
    """What users see of stored objects, whole."""

    def __init__(
        self, access: Access, stores: Mapping[Kind, Store], *, authorization: Authorization, history: History
    ) -> None:
        self._access = access
        self._stores = stores
        self._authorization = authorization
        self._history = history
        self._versions: dict[tuple[Kind, str | None], tuple[int, str]] = {}

    async def authorize_list(
        self, user: User, kind: Kind, *, namespaces: tuple[str, ...] | None
    ) -> ListGrant:
        """The right to list a kind in some namespaces, or wherever the user may (None). Raises AccessDeniedError."""
        allowed, hidden = await self._authorization.scope(user, kind, namespaces=namespaces)
        return ListGrant(kind=kind, namespaces=allowed, hidden=hidden)

    async def authorize_object(self, user: User, kind: Kind, *, namespace: str, name: str) -> ObjectGrant:
        """The right to see one object, without what belongs to it. Raises AccessDeniedError."""
        await self._access.require(user, attributes(kind, "get", namespace=namespace, name=name))
        return ObjectGrant(kind=kind, ref=ObjectRef(kind.full_name, namespace, name), members=())

    def health(self, grant: ListGrant | ObjectGrant) -> Health:
        """How fresh what a grant covers is."""
        return self._stores[grant.kind].health

    def items(self, grant: ListGrant) -> tuple[Item, ...]:
        """What a grant covers, by namespace and name. Raises UnavailableError while it has not been read, ForbiddenError where the app
        may not list, and NotFoundError where the cluster has no such kind."""
        store = self._readable(grant.kind)
        if grant.namespaces is None:
            return tuple(store.items())
        return tuple(item for namespace in sorted(grant.namespaces) for item in store.items(namespace))

    def item(self, grant: ObjectGrant) -> Item:
        """The object of a grant. Raises NotFoundError, and as ``items`` does."""
        item = self._readable(grant.kind).item(grant.ref.namespace, grant.ref.name)
        if item is None:
            raise errors.NotFoundError(f'{grant.kind.full_name} "{grant.ref.name}" not found')
        return item

    def version(self, grant: ListGrant) -> str:
        """What is another after each change of what a grant covers, and the same in every replica of the app. Raises as ``items`` does."""
        store = self._readable(grant.kind)
        if grant.namespaces is None:
            return self._version(store, None)
        parts = (f"{namespace}={self._version(store, namespace)}" for namespace in sorted(grant.namespaces))
        return _digest(parts)

    def _version(self, store: Store, namespace: str | None) -> str:
        revision, key = store.revision(namespace), (store.kind, namespace)
        kept = self._versions.get(key)
        if kept is not None and kept[0] == revision:
            return kept[1]
        found = _digest(
            f"{one.namespace}/{one.name}/{one.uid}/{one.resource_version}" for one in store.items(namespace)
        )
        if len(self._versions) >= _MAX_VERSIONS:
            self._versions.clear()
        self._versions[key] = (revision, found)
        return found

    def events(self, grant: ListGrant, ref: ObjectRef, *, kind: str) -> tuple[Item, ...]:
        """Of the events that a grant covers those about a root itself, whose kind is called so; in the order of their versions."""
        about = Reference(kind=kind, name=ref.name)
        items = self._readable(grant.kind).children(ref)
        found = [one for one in items if one.about and replace(one.about, uid="") == about]
        return tuple(sorted(found, key=lambda one: (len(one.resource_version), one.resource_version)))

    @property
    def moment(self) -> Moment:
        """Now."""
        return Moment(self._history.run, self._history.number)

    def changed(self, grant: ListGrant | ObjectGrant, moment: Moment) -> list[tuple[WatchType, Item]] | None:
        """What became of objects that a grant covers since a moment, what went first: an object that was made again is another. None
        where the moment is not known any more. Raises as ``items`` does."""
        before = self._history.before(moment.number) if moment.run == self._history.run else None
        if before is None:
            return None
        store = self._readable(grant.kind)
        pairs = (
            (was, store.item(ref.namespace, ref.name)) for ref, was in before.items() if _covers(grant, ref)
        )
        found = [one for was, now in pairs for one in _differences(was, now)]
        return sorted(found, key=lambda one: one[0] is not WatchType.DELETED)

    def now(self, grant: ListGrant | ObjectGrant) -> dict[Key, Item]:
        """What a grant covers, by namespace and name; an object that is not there is no error. Raises as ``items`` does."""
        if isinstance(grant, ListGrant):
            return {item.key: item for item in self.items(grant)}
        item = self._readable(grant.kind).item(grant.ref.namespace, grant.ref.name)
        return {} if item is None else {item.key: item}

    @contextmanager
    def changes(self, *grants: ListGrant | ObjectGrant) -> Iterator[Subscription]:
        """A subscription to any change of what the grants cover, and more; it says nothing of what changed."""
        subscription = Subscription()
        with ExitStack() as stack:
            for grant in grants:
                places = grant.namespaces if isinstance(grant, ListGrant) else (grant.ref.namespace,)
                stack.enter_context(self._stores[grant.kind].feed.subscribe_all(places, subscription))
            yield subscription

    def _readable(self, kind: Kind) -> Store:
        store = self._stores[kind]
        match store.health.freshness:
            case Freshness.LOADING:
                raise errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
            case Freshness.DENIED:
                raise errors.ForbiddenError(store.health.problem)
            case Freshness.ABSENT:
                raise errors.NotFoundError(f"The cluster has no {kind.full_name}.")
        return store


def _differences(was: Item | None, now: Item | None) -> Iterator[tuple[WatchType, Item]]:
    is_same = was is not None and now is not None and was.uid == now.uid
    if was is not None and not is_same:
        yield WatchType.DELETED, was
    if now is not None and not is_same:
        yield WatchType.ADDED, now
    elif was is not None and now is not None and was.resource_version != now.resource_version:
        yield WatchType.MODIFIED, now


def _covers(grant: ListGrant | ObjectGrant, ref: ObjectRef) -> bool:
    if isinstance(grant, ObjectGrant):
        return ref == grant.ref
    is_within = grant.namespaces is None or ref.namespace in grant.namespaces
    return ref.kind == grant.kind.full_name and is_within


def _digest(parts: Iterator[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
