"""What users may do, and in which namespaces: every other part of the gateway asks here or ``access``."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway import audit
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kinds import NAMESPACE
from modelsweb.objects.freshness import Freshness
from modelsweb.objects.kind import Kind
from modelsweb.store.store import Store

Value = TypeVar("Value")
_RIGHTS_AT_ONCE = 20
_MAX_REVIEWED = 500
"""In a cluster of more namespaces a name is typed by who may not list them."""
_MAX_USERS = 10_000
_OWN_SECONDS = 300.0
_PREPARING_SECONDS = 2.0
"""How long a list waits for rows that nobody with the same rights has asked for; it then goes on without them."""


class Authorization:
    """What users may do, and where."""

    def __init__(
        self, access: Access, stores: Mapping[Kind, Store], *, main: tuple[Kind, ...], clock: Clock
    ) -> None:
        """Where somebody may not list namespaces, those are theirs in which they may list one of the ``main`` kinds."""
        self._own = SingleFlight[User, tuple[str, ...]](clock, seconds=_OWN_SECONDS, maximum=_MAX_USERS)
        self._access = access
        self._stores = stores
        self._main = main

    async def scope(
        self, user: User, kind: Kind, *, namespaces: tuple[str, ...] | None
    ) -> tuple[tuple[str, ...] | None, int]:
        """Where of some namespaces (None: all) the user may list a kind, None for all, and how many are hidden.

        Raises AccessDeniedError where it is none of those that are named, and for a kind of the whole cluster.
        """
        if namespaces is None and await self._allows_in(user, "list", kind=kind, namespace=None):
            return None, 0
        asked = self._known_namespaces() if namespaces is None else namespaces
        reviewed = asked if namespaces is None else self._existing(asked) or asked[:1]
        allowed = (
            await self._where_allowed(user, "list", kind=kind, namespaces=reviewed) if kind.namespaced else ()
        )
        if not allowed and (namespaces or not kind.namespaced):
            refused = attributes(kind, "list", namespace=namespaces[0] if namespaces else None)
            audit.refused(user.name, refused)
            raise errors.AccessDeniedError(user.name, refused)
        knows_names = await self._allows_in(user, "list", kind=NAMESPACE, namespace=None)
        return allowed, len(reviewed) - len(allowed) if knows_names else 0

    async def where_allowed(
        self, user: User, kind: Kind, *, verb: str, namespaces: tuple[str, ...] | None
    ) -> tuple[str, ...] | None:
        """The part of some namespaces (None: all) in which the user may do something to a kind; None for all."""
        if namespaces is None and await self._allows_in(user, verb, kind=kind, namespace=None):
            return None
        asked = self._known_namespaces() if namespaces is None else namespaces
        return await self._where_allowed(user, verb, kind=kind, namespaces=asked)

    async def unseen(
        self, user: User, kinds: tuple[Kind, ...], *, namespaces: tuple[str, ...] | None
    ) -> tuple[dict[str, frozenset[Kind]], frozenset[Kind]]:
        """The kinds that the user may not list: by namespace for those that are named, or known (None); and elsewhere."""
        if namespaces is None:
            answers = await asyncio.gather(
                *(self._allows_in(user, "list", kind=kind, namespace=None) for kind in kinds)
            )
            kinds = tuple(kind for kind, allowed in zip(kinds, answers, strict=True) if not allowed)
        asked = self._known_namespaces() if namespaces is None else namespaces
        allowed = [
            set(await self._where_allowed(user, "list", kind=kind, namespaces=asked)) for kind in kinds
        ]
        found = {
            name: frozenset(kind for kind, where in zip(kinds, allowed, strict=True) if name not in where)
            for name in (asked if kinds else ())
        }
        return found, frozenset(kinds)

    async def _allows_in(self, user: User, verb: str, *, kind: Kind, namespace: str | None) -> bool:
        return await self._access.allows(user, attributes(kind, verb, namespace=namespace))

    async def _where_allowed(
        self, user: User, verb: str, *, kind: Kind, namespaces: tuple[str, ...]
    ) -> tuple[str, ...]:
        if not kind.namespaced:
            return namespaces if await self._allows_in(user, verb, kind=kind, namespace=None) else ()
        at_once = asyncio.Semaphore(_RIGHTS_AT_ONCE)

        async def one(namespace: str) -> bool:
            async with at_once:
                return await self._allows_in(user, verb, kind=kind, namespace=namespace)

        answers = await asyncio.gather(*map(one, namespaces))
        return tuple(name for name, allowed in zip(namespaces, answers, strict=True) if allowed)

    def _known_namespaces(self) -> tuple[str, ...]:
        store, confined = self._stores[NAMESPACE], self._access.namespaces
        if confined is not None and store.health.freshness is Freshness.DENIED:
            return tuple(sorted(confined))
        roots = (self._stores[kind].namespaces() for kind in self._main)
        return self._within({item.name for item in store.items()}.union(*roots))

    def _existing(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of several names that may be namespaces: who makes names up must not have the cluster review each of them."""
        if len(names) < 2 or self._stores[NAMESPACE].health.freshness is not Freshness.LIVE:
            return names
        known = set(self._known_namespaces())
        return tuple(name for name in names if name in known)

    def _within(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of some namespaces to which the app is not denied by its own settings."""
        confined = self._access.namespaces
        return tuple(sorted(name for name in names if confined is None or name in confined))

    async def user_of(self, token: str) -> User | None:
        """Whom a bearer token stands for; None where the cluster does not know it. Raises UnavailableError."""
        return await self._access.user_of(token)

    async def namespaces(self, user: User) -> tuple[str, ...]:
        """The names of all namespaces; of those in which the user may list a main kind, where they may not list any.

        Raises AccessDeniedError where there are none, and ForbiddenError where the app may not list.
        """
        asked = attributes(NAMESPACE, "list", namespace=None)
        if not await self._access.allows(user, asked):
            return await self._own.get(user, lambda: self._own_namespaces(user))
        store, confined = self._stores[NAMESPACE], self._access.namespaces
        if store.health.freshness is Freshness.DENIED:
            if confined is not None:
                return tuple(sorted(confined))
            raise errors.ForbiddenError(store.health.problem)
        return self._within(item.name for item in store.items())

    async def _own_namespaces(self, user: User) -> tuple[str, ...]:
        """The namespaces that somebody may list a main kind in. Raises AccessDeniedError where there are none.

        Every page asks, for its selector: no refusal is noted.
        """
        names, found = self._known_namespaces(), set[str]()
        for kind in self._main if len(names) <= _MAX_REVIEWED else ():
            if self._stores[kind].health.freshness is not Freshness.ABSENT:
                rest = tuple(name for name in names if name not in found)
                found.update(await self._where_allowed(user, "list", kind=kind, namespaces=rest))
        if found:
            return tuple(sorted(found))
        raise errors.AccessDeniedError(user.name, attributes(NAMESPACE, "list", namespace=None))

    async def require(
        self, user: User, kind: Kind, *, verb: str, namespace: str, subresource: str = ""
    ) -> None:
        """Raises AccessDeniedError where the user may not."""
        await self._access.require(user, attributes(kind, verb, namespace=namespace, subresource=subresource))

    async def allows(
        self, user: User, kind: Kind, *, verb: str, namespace: str, name: str = "", subresource: str = ""
    ) -> bool:
        """Whether a button should be offered."""
        return await self._access.allows(
            user, attributes(kind, verb, namespace=namespace, name=name, subresource=subresource)
        )
