"""Reading, on behalf of a user: first the right, then the store."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway import audit
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.board import EVERYTHING, Board, Entry, Hidden
from modelsweb.gateway.families import Families
from modelsweb.gateway.remembered import Remembered
from modelsweb.kinds import CHILDREN, INFERENCE_SERVICE, NAMESPACE, SHARED
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Freshness, Gap, Health, gap_of
from modelsweb.store.feed import Subscription
from modelsweb.store.gone import GoneServices
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")
_MEMBERS = (*CHILDREN, *SHARED)
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
class FamilyGrant:
    """A service that a user may see, and the kinds of children that they may see with it."""

    namespace: str
    name: str
    kinds: tuple[Kind, ...]
    place: str = ""
    """The uid of the namespace: one that is made again is another. Empty where the app cannot tell."""

    @property
    def ref(self) -> ObjectRef:
        """The service."""
        return ObjectRef(INFERENCE_SERVICE.full_name, self.namespace, self.name)


@dataclass(frozen=True, slots=True)
class Members:
    """A service and what it owns, as far as a grant covers it; ``gaps`` are the kinds that may be incomplete.

    ``gone`` is when the service was deleted: then all this is as it was.
    """

    service: Obj
    children: Mapping[Kind, list[Obj]]
    gaps: Mapping[Kind, Gap]
    health: Health
    gone: datetime | None = None
    left_out: int = 0
    """Events that are there and not among them."""


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
        gone: GoneServices,
        families: Families,
        clock: Clock,
    ) -> None:
        self._own = Remembered[User, tuple[str, ...]](clock, seconds=_OWN_SECONDS, most=_MOST_USERS)
        self._was_synced = False
        self._access = access
        self._gone = gone
        self._stores = stores
        self._board = board
        self._families = families

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

    async def grant_family(self, user: User, namespace: str, name: str) -> FamilyGrant:
        """The right to see one service, and which kinds of its children. Raises AccessDeniedError."""
        await self._access.require(user, attributes(INFERENCE_SERVICE, "get", namespace, name=name))
        answers = await asyncio.gather(*(self._allows_in(user, "list", kind, namespace) for kind in _MEMBERS))
        kinds = tuple(kind for kind, allowed in zip(_MEMBERS, answers, strict=True) if allowed)
        return FamilyGrant(namespace, name, kinds, self._place(namespace))

    def _place(self, namespace: str) -> str:
        store = self._stores[NAMESPACE]
        item = store.item("", namespace)
        return item.uid if item is not None and store.health.freshness is Freshness.LIVE else ""

    def family(self, grant: FamilyGrant, *, all_events: bool = False) -> Members:
        """A service with its children, as far as they may be seen; of one that went a short while ago, its last state.
        Of very many events the newest, unless all are asked for.

        Raises NotFoundError, ForbiddenError where the app itself may not read, and UnavailableError while nothing has
        been read.
        """
        store = self._stores[INFERENCE_SERVICE]
        item, at = store.item(grant.namespace, grant.name), None
        gaps = {kind: gap for kind in _MEMBERS if (gap := self._gap(kind, grant)) is not None}
        kinds = [kind for kind in _MEMBERS if gaps.get(kind) in {None, Gap.ABSENT}]
        left_out = 0
        if item is not None:
            found = self._families.children(grant.ref, kinds, all_events=all_events)
            children, left_out = found.by_kind, found.left_out
        elif (gone := self._gone.find(grant.namespace, grant.name, grant.place)) is not None:
            item, at = gone.service, gone.at
            children = self._families.children(grant.ref, [kind for kind in kinds if kind.shared]).by_kind
            children |= {
                kind: [decode(child) for child in gone.children.get(kind, ())]
                for kind in kinds
                if not kind.shared
            }
        else:
            raise absent(store, grant.name)
        return Members(decode(item), children, gaps, store.health, at, left_out)

    async def comes(self, user: User, namespace: str, name: str, uid: str, *, seconds: float) -> bool:
        """Whether the user can be led to a service that was just created: waits until the app has heard of it."""
        try:
            grant = await self.grant_family(user, namespace, name)
        except errors.ModelswebError:
            return False  # it was created, whatever stands in the way to its page
        store = self._stores[INFERENCE_SERVICE]
        with self.family_changes(grant) as subscription, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (item := store.item(namespace, name)) is None or item.uid != uid:
                    await subscription.wait()
            return True
        return False

    def _gap(self, kind: Kind, grant: FamilyGrant) -> Gap | None:
        """What the cluster does not have everybody may know."""
        gap = gap_of(self._stores[kind].health)
        return Gap.FORBIDDEN if gap is not Gap.ABSENT and kind not in grant.kinds else gap

    @contextmanager
    def family_changes(self, grant: FamilyGrant) -> Iterator[Subscription]:
        """A subscription to "the service or a child of it changed"."""
        with self._board.families.subscribe(f"{grant.namespace}/{grant.name}") as subscription:
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


def absent(store: Store, name: str) -> errors.ModelswebError:
    """Why a store does not have an object."""
    match store.health.freshness:
        case Freshness.LOADING:
            return errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
        case Freshness.DENIED:
            return errors.ForbiddenError(store.health.problem)
    return errors.NotFoundError(f'{store.kind.full_name} "{name}" not found')
