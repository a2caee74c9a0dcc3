"""Reading root objects of any kind, on behalf of a user: first the right, then the store.

What a user may see is a grant, which only this room makes; all else takes one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.board import Board
from modelsweb.gateway.families import Families
from modelsweb.gateway.reader import Listing, Reader, absent
from modelsweb.kinds import CHILDREN, EVENT
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Freshness, Gap, Health, gap_of
from modelsweb.store.feed import Subscription
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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An object with what belongs to it, as far as a grant covers it; ``gaps`` are the kinds that may be incomplete."""

    root: Obj
    members: Mapping[Kind, list[Obj]]
    gaps: Mapping[Kind, Gap]
    health: Health
    left_out: int = 0
    """Events that are there and not among them."""


class ObjectReader(Generic[Value]):
    """What users see of root objects. ``Value`` is what a list holds of each."""

    def __init__(
        self,
        access: Access,
        stores: Mapping[Kind, Store],
        boards: Mapping[Kind, Board[Value]],
        families: Families,
        reader: Reader[Any],
    ) -> None:
        self._access = access
        self._stores = stores
        self._boards = boards
        self._families = families
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
        possible = _possible_members(kind)
        answers = await asyncio.gather(
            *(
                self._access.allows(user, attributes(one, "list", namespace or NAMESPACE_OF_CLUSTER))
                for one in possible
            )
        )
        members = tuple(one for one, allowed in zip(possible, answers, strict=True) if allowed)
        return ObjectGrant(kind, ObjectRef(kind.full_name, namespace, name), members)

    def snapshot(self, grant: ObjectGrant) -> Snapshot:
        """An object with what belongs to it, as far as it may be seen.

        Raises NotFoundError, ForbiddenError where the app itself may not read, and UnavailableError while nothing has
        been read.
        """
        store = self._stores[grant.kind]
        if (item := store.item(grant.ref.namespace, grant.ref.name)) is None:
            raise absent(store, grant.ref.name)
        gaps = {}
        for one in _possible_members(grant.kind):
            gap = gap_of(self._stores[one].health)
            if gap is not Gap.ABSENT and one not in grant.members:
                gap = Gap.FORBIDDEN
            if gap is not None:
                gaps[one] = gap
        readable = [one for one in grant.members if gaps.get(one) in {None, Gap.ABSENT}]
        found = self._families.children(grant.ref, readable)
        return Snapshot(decode(item), found.by_kind, gaps, store.health, found.left_out)

    @contextmanager
    def object_changes(self, grant: ObjectGrant) -> Iterator[Subscription]:
        """A subscription to "the object or what belongs to it changed"."""
        place = f"{grant.ref.namespace}/{grant.ref.name}"
        with self._boards[grant.kind].families.subscribe(place) as subscription:
            yield subscription


def _possible_members(kind: Kind) -> list[Kind]:
    """What objects of a kind may own, and events."""
    return [one for one in CHILDREN if one is EVENT or (one.owner and one.owner.name(kind.full_name))]
