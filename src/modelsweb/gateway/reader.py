"""Reading root objects of any kind, on behalf of a user: first the right, then the store.

What a user may see is a grant, which only this room makes; all else takes one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.authorization import Authorization
from modelsweb.kinds import CHILDREN, NAMESPACE
from modelsweb.kube.item import Item
from modelsweb.objects.freshness import Freshness, Gap, Health, gap_of
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Snapshot
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.feed import Subscription
from modelsweb.store.owners import NAMESPACE_OF_CLUSTER
from modelsweb.store.projection import EVERYTHING, Hidden, Key, Projection
from modelsweb.store.recently_deleted import RecentlyDeleted
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")
_MAX_LISTED = 1_000
"""Decoding one takes 20 to 50 µs, and nobody else is served meanwhile."""
_PREPARING_SECONDS = 2.0
"""How long a list waits for rows that nobody with the same rights has asked for; it then goes on without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListGrant:
    """Where a user may list a kind: all namespaces (None), or those named.

    ``unseen`` are the kinds of children, by namespace, that they may not see, and ``unseen_elsewhere`` those of the other
    namespaces: what they see is found without these. ``hidden`` counts the namespaces that were asked for and are
    not theirs; none for who may not even know their names.
    """

    kind: Kind
    namespaces: tuple[str, ...] | None
    unseen: Mapping[str, Hidden] = field(default_factory=dict, hash=False)
    unseen_elsewhere: Hidden = EVERYTHING
    hidden: int = 0

    def unseen_in(self, namespace: str) -> Hidden:
        """The kinds whose objects in a namespace are not the user's to see."""
        return self.unseen.get(namespace, self.unseen_elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Value]):
    """The objects that a grant covers, by namespace and name, at a revision, and how fresh they are. ``is_nowhere`` says that
    none of the namespaces that were asked for exists."""

    entries: tuple[tuple[Key, Value], ...]
    revision: int
    health: Health
    is_nowhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates(Generic[Value]):
    """What became of the objects that a grant covers since a revision: their values, None for those that are not there any
    more."""

    changes: tuple[tuple[Key, Value | None], ...]
    revision: int
    health: Health
    is_nowhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectGrant:
    """An object that a user may see, and the kinds of what belongs to it that they may see with it."""

    kind: Kind
    ref: ObjectRef
    members: tuple[Kind, ...]
    place: str = ""
    """The uid of the namespace: one that is made again has another. Empty where the app cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The objects that a grant covers, whole, and how fresh they are. ``objects`` is None where they have not been read, or are too
    many to be read for one question."""

    objects: tuple[Obj, ...] | None
    health: Health


class Reader:
    """What users see of root objects."""

    def __init__(
        self,
        access: Access,
        stores: Mapping[Kind, Store],
        *,
        projections: Mapping[Kind, Projection[Any]],
        children: ChildReader,
        recently_deleted: Mapping[Kind, RecentlyDeleted],
        authorization: Authorization,
        clock: Clock,
    ) -> None:
        """``recently_deleted`` keeps what went of some kinds."""
        self._access = access
        self._stores = stores
        self._projections = projections
        self._children = children
        self._clock = clock
        self._recently_deleted = recently_deleted
        self._authorization = authorization
        self._was_synced = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the cluster has, and that somebody may see here: nobody sees what a confined app may not."""
        return tuple(
            kind
            for kind in self._projections
            if self._stores[kind].health.freshness is not Freshness.ABSENT
            and (kind.namespaced or self._access.namespaces is None)
        )

    @property
    def is_synced(self) -> bool:
        """All kinds have been read once; that the cluster is away later is said on pages, which somebody must send."""
        if not self._was_synced:
            self._was_synced = all(store.is_synced for store in self._stores.values()) and all(
                projection.is_synced for projection in self._projections.values()
            )
        return self._was_synced

    async def authorize_list(
        self, user: User, kind: Kind, *, namespaces: tuple[str, ...] | None
    ) -> ListGrant:
        """The right to list a kind in some namespaces, or wherever the user may (None).

        Raises AccessDeniedError where it is none of those that are named; of several, some may be hidden.
        """
        allowed, hidden = await self._authorization.scope(user, kind, namespaces=namespaces)
        projection = self._projections[kind]
        unseen, elsewhere = await self._authorization.unseen(user, projection.kinds, namespaces=allowed)
        await projection.prepare(unseen, seconds=_PREPARING_SECONDS)
        return ListGrant(
            kind=kind, namespaces=allowed, unseen=unseen, unseen_elsewhere=elsewhere, hidden=hidden
        )

    def objects(self, grant: ListGrant) -> Listing[Any]:
        """What a list shows to those who hold the grant."""
        projection = self._projections[grant.kind]
        namespaces = projection.namespaces() if grant.namespaces is None else grant.namespaces
        return Listing(
            entries=tuple(
                ((namespace, name), entry.value)
                for namespace in namespaces
                for name, entry in projection.entries(namespace, grant.unseen_in(namespace))
            ),
            revision=projection.revision,
            health=self._stores[grant.kind].health,
            is_nowhere=self._is_nowhere(grant),
        )

    def updates(self, grant: ListGrant, since: int) -> Updates[Any] | None:
        """What changed of that since a revision; None where that is too long ago, so that all must be read again."""
        projection = self._projections[grant.kind]
        changed = projection.changed_since(since)
        if changed is None:
            return None
        seen = [key for key in changed if grant.namespaces is None or key[0] in grant.namespaces]
        found = [(key, projection.entry(*key, hidden=grant.unseen_in(key[0]))) for key in seen]
        return Updates(
            changes=tuple((key, entry.value if entry is not None else None) for key, entry in found),
            revision=projection.revision,
            health=self._stores[grant.kind].health,
            is_nowhere=self._is_nowhere(grant),
        )

    def _is_nowhere(self, grant: ListGrant) -> bool:
        store = self._stores[NAMESPACE]
        return (
            bool(grant.namespaces)
            and store.health.freshness is Freshness.LIVE
            and all(store.item("", name) is None for name in grant.namespaces or ())
        )

    @contextmanager
    def list_changes(self, *grants: ListGrant) -> Iterator[Subscription]:
        """A subscription to changes of what a list of these grants shows."""
        subscription = Subscription()
        with ExitStack() as stack:
            for grant in grants:
                projection = self._projections[grant.kind]
                stack.enter_context(projection.holding(grant.unseen))
                stack.enter_context(projection.feed.subscribe_all(grant.namespaces, subscription))
            yield subscription

    async def authorize_object(self, user: User, kind: Kind, *, namespace: str, name: str) -> ObjectGrant:
        """The right to see one object, and which kinds of what belongs to it. Raises AccessDeniedError."""
        await self._access.require(user, attributes(kind, "get", namespace=namespace, name=name))
        possible = self._possible_members(kind)
        asked = (attributes(one, "list", namespace=namespace or NAMESPACE_OF_CLUSTER) for one in possible)
        answers = await asyncio.gather(*(self._access.allows(user, question) for question in asked))
        members = tuple(one for one, allowed in zip(possible, answers, strict=True) if allowed)
        return ObjectGrant(
            kind=kind,
            ref=ObjectRef(kind.full_name, namespace, name),
            members=members,
            place=self._place(namespace),
        )

    async def authorize_leaning(self, user: User, grant: ObjectGrant) -> tuple[tuple[Kind, Hidden], ...]:
        """The kinds of objects that may lean on one and that the user may list, each with what they may not see of it."""
        namespace = grant.ref.namespace

        async def unseen(kind: Kind, projection: Projection[Any]) -> Hidden | None:
            if not await self._access.allows(user, attributes(kind, "list", namespace=namespace)):
                return None
            found, _ = await self._authorization.unseen(user, projection.kinds, namespaces=(namespace,))
            return found.get(namespace, EVERYTHING)

        leaning = {
            kind: projection
            for kind, projection in self._projections.items()
            if projection.leans_on(grant.kind)
        }
        answers = await asyncio.gather(*(unseen(*one) for one in leaning.items()))
        return tuple(
            (kind, hidden) for kind, hidden in zip(leaning, answers, strict=True) if hidden is not None
        )

    def leaning(self, grant: ObjectGrant, leaning: tuple[tuple[Kind, Hidden], ...]) -> list[tuple[Kind, Any]]:
        """What leans on an object, of the kinds that were asked for: the rows of their lists."""
        return [
            (kind, row)
            for kind, hidden in leaning
            for row in self._projections[kind].leaning_on(grant.ref, hidden)
        ]

    def _possible_members(self, kind: Kind) -> list[Kind]:
        """What objects of a kind may own, events, and what they lean on."""
        owned = [one for one in CHILDREN if one.owner and one.owner.may_be(kind.full_name)]
        return [*owned, *(one for one in self._projections[kind].kinds if one.shared or one.is_root)]

    def _place(self, namespace: str) -> str:
        store = self._stores[NAMESPACE]
        item = store.item("", namespace)
        return item.uid if item is not None and store.health.freshness is Freshness.LIVE else ""

    def snapshot(self, grant: ObjectGrant, *, all_events: bool = False) -> Snapshot:
        """An object with what belongs to it, as far as it may be seen; of one that went a short while ago, its last state.
        Of very many events the newest, unless all are asked for.

        Raises NotFoundError, ForbiddenError where the app itself may not read, and UnavailableError while nothing has
        been read.
        """
        store, ref = self._stores[grant.kind], grant.ref
        possible = self._possible_members(grant.kind)
        gaps = {one: gap for one in possible if (gap := self._gap(one, grant)) is not None}
        readable = [one for one in possible if gaps.get(one) in {None, Gap.ABSENT}]
        seen = partial(Snapshot, kind=grant.kind, gaps=gaps, health=store.health, taken=self._clock.now())
        if (item := store.item(ref.namespace, ref.name)) is not None:
            found = self._children.children(ref, readable, all_events=all_events)
            root = decode(item)
            unseen = frozenset(one for one in possible if gaps.get(one) is Gap.FORBIDDEN)
            beside = self._projections[grant.kind].beside(root, unseen)
            return seen(root=root, members=found.by_kind, left_out=found.left_out, neighbours=beside)
        kept = self._recently_deleted.get(grant.kind)
        gone = kept.find(ref.namespace, ref.name, place=grant.place) if kept is not None else None
        if gone is None:
            raise _absent(store, ref.name)
        members = self._children.children(ref, [one for one in readable if one.shared]).by_kind
        members |= {
            one: [decode(child) for child in gone.children.get(one, ())] for one in readable if not one.shared
        }
        return seen(root=decode(gone.root), members=members, gone=gone.at)

    def _gap(self, kind: Kind, grant: ObjectGrant) -> Gap | None:
        """What the cluster does not have everybody may know."""
        gap = gap_of(self._stores[kind].health)
        return Gap.FORBIDDEN if gap is not Gap.ABSENT and kind not in grant.members else gap

    async def listed(self, user: User, kind: Kind, *, namespace: str) -> tuple[Obj, ...] | None:
        """All objects of a watched kind in a namespace, or in the cluster where the kind has none; None where the user may not
        list them, where they have not been read, or where they are too many to be read for one question."""
        place = namespace if kind.namespaced else ""
        if not await self._access.allows(user, attributes(kind, "list", namespace=place)):
            return None
        return self._whole(kind, (place,) if place else None)

    def roots(self, grant: ListGrant) -> Roots:
        """The same of a grant."""
        return Roots(
            objects=self._whole(grant.kind, grant.namespaces), health=self._stores[grant.kind].health
        )

    @contextmanager
    def root_changes(self, *grants: ListGrant) -> Iterator[Subscription]:
        """A subscription to any change of the objects themselves, also one that their rows do not show."""
        subscription = Subscription()
        with ExitStack() as stack:
            for grant in grants:
                feed = self._stores[grant.kind].feed
                stack.enter_context(feed.subscribe_all(grant.namespaces, subscription))
            yield subscription

    def _whole(self, kind: Kind, namespaces: tuple[str, ...] | None) -> tuple[Obj, ...] | None:
        store = self._stores[kind]
        if not store.is_synced or gap_of(store.health) not in {None, Gap.ABSENT}:
            return None
        places: tuple[str | None, ...] = (None,) if namespaces is None else namespaces
        found = [item for place in places for item in store.items(place)]
        return tuple(map(decode, found)) if len(found) <= _MAX_LISTED else None

    async def place(self, user: User, namespace: str) -> Obj | None:
        """A namespace itself; None where the user may not get it, or the app does not know it."""
        if not await self._access.allows(user, attributes(NAMESPACE, "get", namespace=None, name=namespace)):
            return None
        item = self._stores[NAMESPACE].item("", namespace)
        return decode(item) if item is not None else None

    @property
    def served(self) -> frozenset[str]:
        """The full names of the watched kinds that the cluster has, as far as it was asked."""
        return frozenset(
            kind.full_name for kind, store in self._stores.items() if gap_of(store.health) is not Gap.ABSENT
        )

    @contextmanager
    def object_changes(self, grant: ObjectGrant) -> Iterator[Subscription]:
        """A subscription to "the object or what belongs to it changed"."""
        place = f"{grant.ref.namespace}/{grant.ref.name}"
        with self._projections[grant.kind].snapshots.subscribe(place) as subscription:
            yield subscription

    async def comes(
        self,
        user: User,
        kind: Kind,
        *,
        namespace: str,
        name: str,
        uid: str,
        seconds: float,
        version: str = "",
    ) -> bool:
        """Whether the user can be led to an object that was just created, or changed to a version: waits until the app has heard of it."""
        try:
            grant = await self.authorize_object(user, kind, namespace=namespace, name=name)
        except errors.ModelswebError:
            return False  # it was created, whatever stands in the way to its page
        store = self._stores[kind]
        with self.object_changes(grant) as subscription, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not _has(store.item(namespace, name), uid, version=version):
                    await subscription.wait()
            return True
        return False


def _has(item: Item | None, uid: str, *, version: str) -> bool:
    """Versions are decimal numbers that grow (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions)."""
    if item is None or item.uid != uid:
        return False
    known = item.resource_version
    return (len(known), known) >= (len(version), version)


def _absent(store: Store, name: str) -> errors.ModelswebError:
    """Why a store does not have an object."""
    match store.health.freshness:
        case Freshness.LOADING:
            return errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
        case Freshness.DENIED:
            return errors.ForbiddenError(store.health.problem)
    return errors.NotFoundError(f'{store.kind.full_name} "{name}" not found')
