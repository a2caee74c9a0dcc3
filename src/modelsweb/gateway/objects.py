"""Reading root objects of any kind, on behalf of a user: first the right, then the store.

What a user may see is a grant, which only this room makes; all else takes one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.board import Board
from modelsweb.gateway.families import Families
from modelsweb.gateway.reader import Listing, Reader
from modelsweb.kinds import CHILDREN, NAMESPACE
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Freshness, Gap, Health, gap_of
from modelsweb.store.feed import Subscription
from modelsweb.store.gone import GoneServices
from modelsweb.store.owners import NAMESPACE_OF_CLUSTER
from modelsweb.store.store import Store, decode

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ListGrant:
    """Where a user may list a kind: all namespaces (None), or those named; ``hidden`` counts what is not theirs."""

    kind: Kind
    namespaces: tuple[str, ...] | None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class ObjectGrant:
    """An object that a user may see, and the kinds of what belongs to it that they may see with it."""

    kind: Kind
    ref: ObjectRef
    members: tuple[Kind, ...]
    place: str = ""
    """The uid of the namespace: one that is made again is another. Empty where the app cannot tell."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An object with what belongs to it, as far as a grant covers it; ``gaps`` are the kinds that may be incomplete.

    ``gone`` is when the object was deleted: then all this is as it was.
    """

    root: Obj
    members: Mapping[Kind, list[Obj]]
    gaps: Mapping[Kind, Gap]
    health: Health
    gone: datetime | None = None
    left_out: int = 0
    """Events that are there and not among them."""


class ObjectReader(Generic[Value]):
    """What users see of root objects. ``Value`` is what a list holds of each."""

    def __init__(
        self,
        access: Access,
        stores: Mapping[Kind, Store],
        boards: Mapping[Kind, Board[Any]],
        families: Families,
        gone: Mapping[Kind, GoneServices],
        reader: Reader[Any],
    ) -> None:
        """``gone`` keeps what went of some kinds."""
        self._access = access
        self._stores = stores
        self._boards = boards
        self._families = families
        self._gone = gone
        self._reader = reader

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the cluster has, and that somebody may see here: nobody sees what a confined app may not."""
        return tuple(
            kind
            for kind in self._boards
            if self._stores[kind].health.freshness is not Freshness.ABSENT
            and (kind.namespaced or self._access.namespaces is None)
        )

    async def authorize_list(self, user: User, kind: Kind, namespaces: tuple[str, ...] | None) -> ListGrant:
        """The right to list a kind in some namespaces, or wherever the user may (None). Raises AccessDeniedError."""
        allowed, hidden = await self._reader.scope(user, kind, namespaces)
        return ListGrant(kind, allowed, hidden)

    def objects(self, grant: ListGrant) -> Listing[Value]:
        """What a list shows to those who hold the grant."""
        board = self._boards[grant.kind]
        namespaces = board.namespaces() if grant.namespaces is None else grant.namespaces
        entries = tuple(
            (namespace, name, entry) for namespace in namespaces for name, entry in board.entries(namespace)
        )
        return Listing(entries, self._stores[grant.kind].health)

    @contextmanager
    def list_changes(self, grant: ListGrant) -> Iterator[Subscription]:
        """A subscription to "a list of this grant is another now"."""
        with self._boards[grant.kind].feed.subscribe_all(grant.namespaces) as subscription:
            yield subscription

    async def authorize_object(self, user: User, kind: Kind, namespace: str, name: str) -> ObjectGrant:
        """The right to see one object, and which kinds of what belongs to it. Raises AccessDeniedError."""
        await self._access.require(user, attributes(kind, "get", namespace, name=name))
        possible = self._possible_members(kind)
        asked = (attributes(one, "list", namespace or NAMESPACE_OF_CLUSTER) for one in possible)
        answers = await asyncio.gather(*(self._access.allows(user, question) for question in asked))
        members = tuple(one for one, allowed in zip(possible, answers, strict=True) if allowed)
        return ObjectGrant(kind, ObjectRef(kind.full_name, namespace, name), members, self._place(namespace))

    def _possible_members(self, kind: Kind) -> list[Kind]:
        """What objects of a kind may own, events, and what they lean on."""
        owned = [one for one in CHILDREN if one.owner and one.owner.may_be(kind.full_name)]
        return [*owned, *(one for one in self._boards[kind].kinds if one.shared)]

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
        if (item := store.item(ref.namespace, ref.name)) is not None:
            found = self._families.children(ref, readable, all_events=all_events)
            return Snapshot(decode(item), found.by_kind, gaps, store.health, left_out=found.left_out)
        kept = self._gone.get(grant.kind)
        gone = kept.find(ref.namespace, ref.name, grant.place) if kept is not None else None
        if gone is None:
            raise _absent(store, ref.name)
        members = self._families.children(ref, [one for one in readable if one.shared]).by_kind
        members |= {
            one: [decode(child) for child in gone.children.get(one, ())] for one in readable if not one.shared
        }
        return Snapshot(decode(gone.service), members, gaps, store.health, gone.at)

    def _gap(self, kind: Kind, grant: ObjectGrant) -> Gap | None:
        """What the cluster does not have everybody may know."""
        gap = gap_of(self._stores[kind].health)
        return Gap.FORBIDDEN if gap is not Gap.ABSENT and kind not in grant.members else gap

    @contextmanager
    def object_changes(self, grant: ObjectGrant) -> Iterator[Subscription]:
        """A subscription to "the object or what belongs to it changed"."""
        place = f"{grant.ref.namespace}/{grant.ref.name}"
        with self._boards[grant.kind].families.subscribe(place) as subscription:
            yield subscription

    async def comes(
        self, user: User, kind: Kind, namespace: str, name: str, uid: str, *, seconds: float
    ) -> bool:
        """Whether the user can be led to an object that was just created: waits until the app has heard of it."""
        try:
            grant = await self.authorize_object(user, kind, namespace, name)
        except errors.ModelswebError:
            return False  # it was created, whatever stands in the way to its page
        store = self._stores[kind]
        with self.object_changes(grant) as subscription, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (item := store.item(namespace, name)) is None or item.uid != uid:
                    await subscription.wait()
            return True
        return False


def _absent(store: Store, name: str) -> errors.ModelswebError:
    """Why a store does not have an object."""
    match store.health.freshness:
        case Freshness.LOADING:
            return errors.UnavailableError(store.health.problem or "The cluster has not been read yet.")
        case Freshness.DENIED:
            return errors.ForbiddenError(store.health.problem)
    return errors.NotFoundError(f'{store.kind.full_name} "{name}" not found')
