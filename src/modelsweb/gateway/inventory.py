"""What services of a namespace can use: accounts, claims, Secrets, quotas, and the nodes of the cluster.

None of it is watched: it is asked for when somebody writes a service, on behalf of a user, and kept for some seconds. Of a
Secret the names of its keys are kept, and never a value.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kinds import POD, SECRET
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj

_SECONDS = 10.0
_MAX_LISTED = 500
_MAX_ANSWERS = 200
_MAX_NODES = 20
_LONGEST = 4.0
_OF_USERS = "type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token"
"""Without what tools keep in Secrets, which is most of their weight."""

Keys = frozenset[str]


class _Metadata(msgspec.Struct):
    name: str = ""


class _Secret(msgspec.Struct):
    """Its values are stepped over, not decoded."""

    metadata: _Metadata
    data: dict[str, msgspec.Raw] | None = None


class Inventory:
    """What users see of what services use."""

    def __init__(self, access: Access, client: KubeClient, *, clock: Clock) -> None:
        self._access = access
        self._client = client
        self._objects = SingleFlight[tuple[str, str], tuple[Obj, ...] | None](
            clock, seconds=_SECONDS, maximum=_MAX_ANSWERS
        )
        self._secrets = SingleFlight[str, Mapping[str, Keys] | None](
            clock, seconds=_SECONDS, maximum=_MAX_ANSWERS
        )

    async def listed(self, user: User, kind: Kind, *, namespace: str) -> tuple[Obj, ...] | None:
        """All objects of a kind in a namespace, or in the cluster where the kind has none; None where the user or the app may
        not list them, or where they are too many to be read for one question."""
        place = namespace if kind.namespaced else ""
        if not await self._access.allows(user, attributes(kind, "list", namespace=place)):
            return None

        async def ask() -> tuple[Obj, ...] | None:
            found = await self._page(kind, place)
            return None if found is None else tuple(Obj(_plain(item)) for item in found)

        return await self._objects.get((kind.full_name, place), ask)

    async def named(self, user: User, kind: Kind, *, namespace: str, name: str) -> Obj | None:
        """One object of a namespace; None where the user or the app may not get it, or where it is not there."""
        if not await self._access.allows(user, attributes(kind, "get", namespace=namespace, name=name)):
            return None

        async def ask() -> tuple[Obj, ...] | None:
            try:
                async with asyncio.timeout(_LONGEST):
                    return (Obj(await self._client.get(kind, namespace=namespace, name=name)),)
            except (errors.ModelswebError, TimeoutError):
                return None

        found = await self._objects.get((f"{kind.full_name} {name}", namespace), ask)
        return found[0] if found else None

    async def secrets(self, user: User, *, namespace: str) -> Mapping[str, Keys | None] | None:
        """The Secrets of a namespace by name, with the names of their keys, which are None where the user may list Secrets but
        not read one; None where they may not list them, or the app may not."""
        if not await self._access.allows(user, attributes(SECRET, "list", namespace=namespace)):
            return None

        async def ask() -> Mapping[str, Keys] | None:
            found = await self._page(SECRET, namespace, field_selector=_OF_USERS)
            if found is None:
                return None
            decoded = [msgspec.json.decode(item, type=_Secret) for item in found]
            return {one.metadata.name: frozenset(one.data or ()) for one in decoded}

        known = await self._secrets.get(namespace, ask)
        if known is None or await self._access.allows(user, attributes(SECRET, "get", namespace=namespace)):
            return known
        return dict.fromkeys(known)

    async def pods_of(self, user: User, nodes: Iterable[str]) -> tuple[Obj, ...] | None:
        """The pods of some nodes, of all namespaces; None where the user or the app may not list them all, or where there are
        more nodes than one question should cost."""
        names = tuple(sorted(nodes))
        if len(names) > _MAX_NODES:
            return None
        if not await self._access.allows(user, attributes(POD, "list", namespace=None)):
            return None

        async def ask() -> tuple[Obj, ...] | None:
            pages = await asyncio.gather(
                *(self._page(POD, "", field_selector=f"spec.nodeName={name}") for name in names)
            )
            found = [None if page is None else [Obj(_plain(item)) for item in page] for page in pages]
            return None if None in found else tuple(pod for pods in found for pod in pods or ())

        return await self._objects.get((f"{POD.full_name} of {','.join(names)}", ""), ask)

    def forget(self, namespace: str) -> None:
        """What was just written here must be seen by the next question."""
        self._secrets.forget(namespace)
        for key in self._objects.questions():
            if key[1] == namespace:
                self._objects.forget(key)

    async def _page(
        self, kind: Kind, namespace: str, *, field_selector: str | None = None
    ) -> list[msgspec.Raw] | None:
        """None for whatever keeps it from being read soon: what is not known is not checked, and nobody waits for it."""
        try:
            async with asyncio.timeout(_LONGEST):
                page = await self._client.list_page(
                    kind, namespace=namespace or None, limit=_MAX_LISTED, field_selector=field_selector
                )
        except (errors.ModelswebError, TimeoutError):
            return None
        return None if page.metadata.continue_ else page.items or []


def _plain(item: msgspec.Raw) -> dict[str, Any]:
    """Without the images that a node holds, which are most of it and of no use."""
    found: dict[str, Any] = msgspec.json.decode(item)
    status = found.get("status")
    if isinstance(status, dict):
        status.pop("images", None)
    return found
