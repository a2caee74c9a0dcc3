"""Objects as the store has them, byte by byte, for programs: nothing is decoded, and no verdict is made."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from msgspec.structs import replace

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.authorization import Authorization
from modelsweb.gateway.reader import ListGrant, ObjectGrant
from modelsweb.kube.item import Item, Reference
from modelsweb.objects.freshness import Freshness
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store, decode

__all__ = ["Item", "RawReader", "Subscription", "decode"]


class RawReader:
    """What users see of stored objects, whole."""

    def __init__(self, access: Access, stores: Mapping[Kind, Store], *, authorization: Authorization) -> None:
        self._access = access
        self._stores = stores
        self._authorization = authorization

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

    def items(self, grant: ListGrant) -> tuple[Item, ...]:
        """What a grant covers, by namespace and name. Raises UnavailableError while it has not been read, ForbiddenError where the app
        may not list, and NotFoundError where the cluster has no such kind."""
        store = self._readable(grant.kind)
        if grant.namespaces is None:
            return tuple(store.items())
        return tuple(item for namespace in grant.namespaces for item in store.items(namespace))

    def item(self, grant: ObjectGrant) -> Item:
        """The object of a grant. Raises NotFoundError, and as ``items`` does."""
        item = self._readable(grant.kind).item(grant.ref.namespace, grant.ref.name)
        if item is None:
            raise errors.NotFoundError(f'{grant.kind.full_name} "{grant.ref.name}" not found')
        return item

    def events(self, grant: ListGrant, ref: ObjectRef, *, kind: str) -> tuple[Item, ...]:
        """Of the events that a grant covers those about a root itself, whose kind is called so; in the order of their versions."""
        about = Reference(kind=kind, name=ref.name)
        items = self._readable(grant.kind).children(ref)
        found = [one for one in items if one.about and replace(one.about, uid="") == about]
        return tuple(sorted(found, key=lambda one: (len(one.resource_version), one.resource_version)))

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
