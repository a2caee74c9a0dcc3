"""Reading, on behalf of a user: first the right, then the store."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway import audit
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.board import EVERYTHING, Board, Entry, Hidden
from modelsweb.gateway.remembered import Remembered
from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE
from modelsweb.objects.kind import Kind
from modelsweb.objects.snapshot import Freshness, Health
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store

Value = TypeVar("Value")
_RIGHTS_AT_ONCE = 20
_MOST_REVIEWED = 500
"""In a cluster of more namespaces a name is typed by who may not list them."""
_MOST_USERS = 10_000
_OWN_SECONDS = 300.0
_PREPARING_SECONDS = 2.0
"""So long a list waits for rows that nobody with the same rights has asked for; it goes on without, and is completed."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Where a user may list services, found out by ``Reader.grant``: all namespaces (None), or those named.

    ``unseen`` are the kinds of children, by namespace, that they may not see, and ``unseen_elsewhere`` those of the other
    namespaces: what they are told is found without these. ``hidden`` counts the namespaces that were asked for and are
    not theirs to see services in; none for who may not even know their names.
    """

    namespaces: tuple[str, ...] | None
    unseen: Mapping[str, Hidden] = field(default_factory=dict, hash=False)
    unseen_elsewhere: Hidden = EVERYTHING
    hidden: int = 0

    def unseen_in(self, namespace: str) -> Hidden:
        """The kinds whose objects in a namespace are not the user's to see."""
        return self.unseen.get(namespace, self.unseen_elsewhere)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Value]):
    """The services that a grant covers, by namespace and name, and how fresh they are."""

    entries: tuple[tuple[str, str, Entry[Value]], ...]
    health: Health


class Reader(Generic[Value]):
    """What users see of the watched kinds. ``Value`` is what a list holds of each service."""

    def __init__(
        self,
        access: Access,
        stores: Mapping[Kind, Store],
        board: Board[Value],
        clock: Clock,
    ) -> None:
        self._own = Remembered[User, tuple[str, ...]](clock, seconds=_OWN_SECONDS, most=_MOST_USERS)
        self._was_synced = False
        self._access = access
        self._stores = stores
        self._board = board

    async def grant(self, user: User, namespaces: tuple[str, ...] | None) -> Grant:
        """The right to list services in some namespaces, or wherever the user may (None).

        Raises AccessDeniedError where it is none of those that are named; of several, some may be hidden.
        """
        allowed, hidden = await self.scope(user, INFERENCE_SERVICE, namespaces)
        return await self._granted(user, allowed, hidden)

    async def scope(
        self, user: User, kind: Kind, namespaces: tuple[str, ...] | None
    ) -> tuple[tuple[str, ...] | None, int]:
        """Where of some namespaces (None: all) the user may list a kind, None for all, and how many are hidden.

        Raises AccessDeniedError where it is none of those that are named, and for a kind of the whole cluster.
        """
        if namespaces is None and await self._allows_in(user, "list", kind, None):
            return None, 0
        asked = self._known_namespaces() if namespaces is None else namespaces
        allowed = await self._where_allowed(user, "list", kind, asked) if kind.namespaced else ()
        if not allowed and (namespaces or not kind.namespaced):
            refused = attributes(kind, "list", namespaces[0] if namespaces else None)
            audit.refused(user.name, refused)
            raise errors.AccessDeniedError(user.name, refused)
        knows_names = await self._allows_in(user, "list", NAMESPACE, None)
        return allowed, len(asked) - len(allowed) if knows_names else 0

    async def where_allowed(
        self, user: User, verb: str, namespaces: tuple[str, ...] | None
    ) -> tuple[str, ...] | None:
        """The part of some namespaces (None: all) in which the user may do something to services; None for all."""
        if namespaces is None and await self._allows_in(user, verb, INFERENCE_SERVICE, None):
            return None
        asked = self._known_namespaces() if namespaces is None else namespaces
        return await self._where_allowed(user, verb, INFERENCE_SERVICE, asked)

    async def _granted(self, user: User, namespaces: tuple[str, ...] | None, hidden: int = 0) -> Grant:
        """With what the user may not see beside the services."""
        unseen = self._board.kinds
        if namespaces is None:
            answers = await asyncio.gather(*(self._allows_in(user, "list", kind, None) for kind in unseen))
            unseen = tuple(kind for kind, allowed in zip(unseen, answers, strict=True) if not allowed)
        asked = self._known_namespaces() if namespaces is None else namespaces
        allowed = [set(await self._where_allowed(user, "list", kind, asked)) for kind in unseen]
        found = {
            name: frozenset(kind for kind, where in zip(unseen, allowed, strict=True) if name not in where)
            for name in (asked if unseen else ())
        }
        await self._board.prepare(found, seconds=_PREPARING_SECONDS)
        return Grant(namespaces, found, frozenset(unseen), hidden)

    async def _allows_in(self, user: User, verb: str, kind: Kind, namespace: str | None) -> bool:
        return await self._access.allows(user, attributes(kind, verb, namespace))

    async def _where_allowed(
        self, user: User, verb: str, kind: Kind, namespaces: tuple[str, ...]
    ) -> tuple[str, ...]:
        if not kind.namespaced:
            return namespaces if await self._allows_in(user, verb, kind, None) else ()
        at_once = asyncio.Semaphore(_RIGHTS_AT_ONCE)

        async def one(namespace: str) -> bool:
            async with at_once:
                return await self._allows_in(user, verb, kind, namespace)

        answers = await asyncio.gather(*map(one, namespaces))
        return tuple(name for name, allowed in zip(namespaces, answers, strict=True) if allowed)

    def _known_namespaces(self) -> tuple[str, ...]:
        store, confined = self._stores[NAMESPACE], self._access.namespaces
        if confined is not None and store.health.freshness is Freshness.DENIED:
            return tuple(sorted(confined))
        return self._within({item.name for item in store.items()} | set(self._board.namespaces()))

    def lacks(self, namespace: str) -> bool:
        """The cluster has no such namespace. Ask for those only in which the user may list services."""
        store = self._stores[NAMESPACE]
        return store.health.freshness is Freshness.LIVE and store.item("", namespace) is None

    def _within(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of some namespaces to which the app is not denied by its own settings."""
        confined = self._access.namespaces
        return tuple(sorted(name for name in names if confined is None or name in confined))

    def listing(self, grant: Grant) -> Listing[Value]:
        """What a list shows to those who hold the grant."""
        namespaces = self._board.namespaces() if grant.namespaces is None else grant.namespaces
        entries = tuple(
            (namespace, name, entry)
            for namespace in namespaces
            for name, entry in self._board.entries(namespace, grant.unseen_in(namespace))
        )
        return Listing(entries, self._stores[INFERENCE_SERVICE].health)

    @contextmanager
    def listing_changes(self, grant: Grant) -> Iterator[Subscription]:
        """A subscription to "a listing of this grant is another now"."""
        with (
            self._board.holding(grant.unseen),
            self._board.feed.subscribe_all(grant.namespaces) as subscription,
        ):
            yield subscription

    async def user_of(self, token: str) -> User | None:
        """Whom a bearer token stands for; None where the cluster does not know it. Raises UnavailableError."""
        return await self._access.user_of(token)

    async def namespaces(self, user: User) -> tuple[str, ...]:
        """The names of all namespaces; of those in which the user may list services, where they may not list any.

        Raises AccessDeniedError where there are none, and ForbiddenError where the app may not list.
        """
        asked = attributes(NAMESPACE, "list", None)
        if not await self._access.allows(user, asked):
            return await self._own.get(user, lambda: self._own_namespaces(user))
        store, confined = self._stores[NAMESPACE], self._access.namespaces
        if store.health.freshness is Freshness.DENIED:
            if confined is not None:
                return tuple(sorted(confined))
            raise errors.ForbiddenError(store.health.problem)
        return self._within(item.name for item in store.items())

    async def _own_namespaces(self, user: User) -> tuple[str, ...]:
        """The namespaces that somebody may list services in. Raises AccessDeniedError where there are none.

        Every page asks, for its selector: no refusal is noted.
        """
        names = self._known_namespaces()
        if len(names) <= _MOST_REVIEWED and (
            found := await self._where_allowed(user, "list", INFERENCE_SERVICE, names)
        ):
            return found
        raise errors.AccessDeniedError(user.name, attributes(NAMESPACE, "list", None))

    async def allows(
        self, user: User, kind: Kind, verb: str, namespace: str, *, name: str = "", subresource: str = ""
    ) -> bool:
        """Whether a button should be offered."""
        return await self._access.allows(
            user, attributes(kind, verb, namespace, name=name, subresource=subresource)
        )

    @property
    def is_synced(self) -> bool:
        """All kinds have been read once; that the cluster is away later is said on pages, which somebody must send."""
        if not self._was_synced:
            self._was_synced = self._board.is_synced and all(
                store.is_synced for store in self._stores.values()
            )
        return self._was_synced
