"""The schemas that the cluster publishes of its kinds, which everybody who is signed in may read (``system:discovery``)."""

import asyncio

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import User
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kube.client import KubeClient
from modelsweb.manifests.schema import OpenApi, decode

_SECONDS = 300.0
_MAX_DOCUMENTS = 6
"""KServe's two group versions, the core, and older ones; the largest takes 4 MB."""


class SchemaReader:
    """What users see of the cluster's schemas."""

    def __init__(self, client: KubeClient, *, clock: Clock) -> None:
        self._client = client
        self._documents = SingleFlight[str, OpenApi | None](clock, seconds=_SECONDS, maximum=_MAX_DOCUMENTS)

    async def document(self, user: User, group: str, *, version: str) -> OpenApi | None:
        """The schemas of a group and version; None where the cluster publishes none. They say nothing of any user's objects, so
        that no right of theirs is reviewed. Raises UnavailableError."""
        assert user
        path = f"/openapi/v3/apis/{group}/{version}" if group else f"/openapi/v3/api/{version}"

        async def ask() -> OpenApi | None:
            try:
                body = await self._client.request("GET", path)
                return await asyncio.to_thread(decode, body)
            except (errors.NotFoundError, errors.ForbiddenError, msgspec.DecodeError):
                return None

        return await self._documents.get(path, ask)
