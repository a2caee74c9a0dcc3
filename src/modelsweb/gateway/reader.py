"""Reading, on behalf of a user: first the right, then the store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.kinds import NAMESPACE
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness, Health, Snapshot
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store, decode


class Reader:
    """What users see of the watched kinds."""

    def __init__(self, access: Access, stores: Mapping[Kind, Store]) -> None:
        self._access = access
        self._stores = stores

    async def list_objects(self, user: User, kind: Kind, namespace: str) -> Snapshot:
        """The objects of a namespace. Raises AccessDeniedError."""
        await self._access.require(user, attributes(kind, "list", namespace))
        store = self._stores[kind]
        return Snapshot(tuple(map(decode, store.items(namespace))), store.health)

    async def get_object(self, user: User, kind: Kind, namespace: str, name: str) -> tuple[Obj, Health]:
        """One object. Raises AccessDeniedError, NotFoundError, ForbiddenError where the app itself may not read, and
        UnavailableError while nothing has been read.
        """
        await self._access.require(user, attributes(kind, "get", namespace, name=name))
        store = self._stores[kind]
        if (item := store.item(namespace, name)) is not None:
            return decode(item), store.health
        if store.health.freshness is Freshness.LOADING:
            raise errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
        if store.health.freshness is Freshness.DENIED:
            raise errors.ForbiddenError(store.health.problem)
        raise errors.NotFoundError(f'{kind.full_name} "{name}" not found')

    async def namespaces(self, user: User) -> tuple[str, ...]:
        """The names of all namespaces. Raises AccessDeniedError, and ForbiddenError where the app may not list."""
        await self._access.require(user, attributes(NAMESPACE, "list", None))
        store = self._stores[NAMESPACE]
        if store.health.freshness is Freshness.DENIED:
            raise errors.ForbiddenError(store.health.problem)
        return tuple(item.name for item in store.items())

    async def allows(
        self, user: User, kind: Kind, verb: str, namespace: str, *, name: str = "", subresource: str = ""
    ) -> bool:
        """Whether a button should be offered."""
        return await self._access.allows(
            user, attributes(kind, verb, namespace, name=name, subresource=subresource)
        )

    @contextmanager
    def changes(self, kind: Kind, namespace: str | None) -> Iterator[Subscription]:
        """A subscription to "something changed"; it carries no data, so it needs no right."""
        with self._stores[kind].feed.subscribe(namespace) as subscription:
            yield subscription

    @property
    def is_synced(self) -> bool:
        """All kinds have been read once."""
        return all(store.is_synced for store in self._stores.values())
