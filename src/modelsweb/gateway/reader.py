"""Reading, on behalf of a user: first the right, then the store."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.board import Board, Entry
from modelsweb.kinds import CHILDREN, EVENT, INFERENCE_SERVICE, NAMESPACE, POD
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness, Health
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")
_RIGHTS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Grant:
    """Where a user may list services, found out by ``Reader.grant``: all namespaces (None), or those named.

    ``detailed`` are those in which pods and events are the user's to see as well, so that causes found in them may be
    told; None for all. ``hidden`` counts the namespaces with services that were asked for and may not be seen.
    """

    namespaces: tuple[str, ...] | None
    detailed: tuple[str, ...] | None = None
    hidden: int = 0

    def is_detailed(self, namespace: str) -> bool:
        """Whether causes found in pods and events of the namespace may be told."""
        return self.detailed is None or namespace in self.detailed


@dataclass(frozen=True, slots=True)
class FamilyGrant:
    """A service that a user may see, and the kinds of children that they may see with it."""

    namespace: str
    name: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Listing(Generic[Value]):
    """The services that a grant covers, by namespace and name, and how fresh they are."""

    entries: tuple[tuple[str, str, Entry[Value]], ...]
    health: Health


class Reader(Generic[Value]):
    """What users see of the watched kinds. ``Value`` is what a list holds of each service."""

    def __init__(self, access: Access, stores: Mapping[Kind, Store], board: Board[Value]) -> None:
        self._access = access
        self._stores = stores
        self._board = board

    async def grant(self, user: User, namespaces: tuple[str, ...] | None) -> Grant:
        """The right to list services in some namespaces, or wherever the user may (None).

        Raises AccessDeniedError where it is none of those that are named; of several, some may be hidden.
        """
        if namespaces is None and await self._allows_in(user, "list", INFERENCE_SERVICE, None):
            return Grant(None, await self._detailed(user, None))
        asked = self._known_namespaces() if namespaces is None else namespaces
        allowed = await self._where_allowed(user, "list", INFERENCE_SERVICE, asked)
        if not allowed and namespaces:
            raise errors.AccessDeniedError(user.name, attributes(INFERENCE_SERVICE, "list", namespaces[0]))
        held = set(self._board.namespaces())
        hidden = sum(name in held for name in asked if name not in allowed)
        return Grant(allowed, await self._detailed(user, allowed), hidden)

    async def where_allowed(
        self, user: User, verb: str, namespaces: tuple[str, ...] | None
    ) -> tuple[str, ...] | None:
        """The part of some namespaces (None: all) in which the user may do something to services; None for all."""
        if namespaces is None and await self._allows_in(user, verb, INFERENCE_SERVICE, None):
            return None
        asked = self._known_namespaces() if namespaces is None else namespaces
        return await self._where_allowed(user, verb, INFERENCE_SERVICE, asked)

    async def _detailed(self, user: User, namespaces: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if namespaces is None:
            if all([await self._allows_in(user, "list", kind, None) for kind in (POD, EVENT)]):
                return None
            namespaces = self._known_namespaces()
        with_pods = await self._where_allowed(user, "list", POD, namespaces)
        return await self._where_allowed(user, "list", EVENT, with_pods)

    async def _allows_in(self, user: User, verb: str, kind: Kind, namespace: str | None) -> bool:
        return await self._access.allows(user, attributes(kind, verb, namespace))

    async def _where_allowed(
        self, user: User, verb: str, kind: Kind, namespaces: tuple[str, ...]
    ) -> tuple[str, ...]:
        at_once = asyncio.Semaphore(_RIGHTS_AT_ONCE)

        async def one(namespace: str) -> bool:
            async with at_once:
                return await self._allows_in(user, verb, kind, namespace)

        answers = await asyncio.gather(*map(one, namespaces))
        return tuple(name for name, allowed in zip(namespaces, answers, strict=True) if allowed)

    def _known_namespaces(self) -> tuple[str, ...]:
        known = {item.name for item in self._stores[NAMESPACE].items()}
        return tuple(sorted(known | set(self._board.namespaces())))

    def listing(self, grant: Grant) -> Listing[Value]:
        """What a list shows to those who hold the grant."""
        namespaces = self._board.namespaces() if grant.namespaces is None else grant.namespaces
        entries = tuple(
            (namespace, name, entry)
            for namespace in namespaces
            for name, entry in self._board.entries(namespace).items()
        )
        return Listing(entries, self._stores[INFERENCE_SERVICE].health)

    @contextmanager
    def listing_changes(self, grant: Grant) -> Iterator[Subscription]:
        """A subscription to "a listing of this grant is another now"."""
        with self._board.feed.subscribe_all(grant.namespaces) as subscription:
            yield subscription

    async def grant_family(self, user: User, namespace: str, name: str) -> FamilyGrant:
        """The right to see one service, and which kinds of its children. Raises AccessDeniedError."""
        await self._access.require(user, attributes(INFERENCE_SERVICE, "get", namespace, name=name))
        kinds = [kind for kind in CHILDREN if await self._allows_in(user, "list", kind, namespace)]
        return FamilyGrant(namespace, name, tuple(kinds))

    def family(self, grant: FamilyGrant) -> tuple[Obj, Mapping[Kind, list[Obj]], Health]:
        """A service with its children, as far as they may be seen.

        Raises NotFoundError, ForbiddenError where the app itself may not read, and UnavailableError while nothing has
        been read.
        """
        store = self._stores[INFERENCE_SERVICE]
        if (item := store.item(grant.namespace, grant.name)) is None:
            raise self._absent(store, grant.name)
        children = {
            kind: [decode(child) for child in self._stores[kind].children(grant.namespace, grant.name)]
            for kind in grant.kinds
        }
        return decode(item), children, store.health

    @contextmanager
    def family_changes(self, grant: FamilyGrant) -> Iterator[Subscription]:
        """A subscription to "the service or a child of it changed"."""
        with self._board.families.subscribe(f"{grant.namespace}/{grant.name}") as subscription:
            yield subscription

    @staticmethod
    def _absent(store: Store, name: str) -> errors.ModelswebError:
        match store.health.freshness:
            case Freshness.LOADING:
                return errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
            case Freshness.DENIED:
                return errors.ForbiddenError(store.health.problem)
        return errors.NotFoundError(f'{store.kind.full_name} "{name}" not found')

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

    @property
    def is_synced(self) -> bool:
        """All kinds have been read once."""
        return all(store.is_synced for store in self._stores.values()) and self._board.is_synced
