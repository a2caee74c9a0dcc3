"""Logs, on behalf of a user: first the right to ``pods/log``, then the log that is read once for all."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from modelsweb import errors
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.kinds import POD
from modelsweb.kube.client import KubeClient
from modelsweb.store.container_log import Batch, ContainerLog, LogKey, LogState, Position
from modelsweb.store.feed import Subscription
from modelsweb.store.logs import Logs

_QUIET_SECONDS = 60.0
_TAIL_SECONDS = 60.0

__all__ = [
    "Batch",
    "ContainerLog",
    "LogKey",
    "LogReader",
    "LogState",
    "Position",
    "Subscription",
    "owner_of",
]


def owner_of(grant: ObjectGrant, uid: str) -> str:
    """Whose a log is, beyond names: the uids of namespace and service; empty where the app does not know both."""
    return f"{grant.place}/{uid}" if grant.place and uid else ""


class LogReader:
    """What users read of the logs of a service's pods."""

    def __init__(self, access: Access, client: KubeClient, *, logs: Logs) -> None:
        self._access = access
        self._client = client
        self._logs = logs

    async def require(self, user: User, namespace: str) -> None:
        """Raises AccessDeniedError where the user may not read logs in the namespace."""
        await self._access.require(user, attributes(POD, "get", namespace=namespace, subresource="log"))

    def kept(self, grant: ObjectGrant, uid: str) -> tuple[LogKey, ...]:
        """The logs of the grant's service, which has this uid, that were read of pods that are gone; none for who may not
        list pods."""
        if POD not in grant.members:
            return ()
        return tuple(self._logs.kept(grant.ref.namespace, grant.ref.name, owner=owner_of(grant, uid)))

    @contextmanager
    def joined(
        self, grant: ObjectGrant, key: LogKey, *, subscription: Subscription
    ) -> Iterator[ContainerLog]:
        """A log of a pod of the granted service; the subscription is woken when there is more of it.

        Raises TooManyRequestsError where too many logs are open.
        """
        assert (key.namespace, key.service) == (grant.ref.namespace, grant.ref.name)
        with self._logs.joined(key, subscription) as log:
            yield log

    @asynccontextmanager
    async def download(
        self,
        user: User,
        namespace: str,
        *,
        pod: str,
        container: str,
        previous: bool,
        tail_lines: int | None = None,
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """All that the kubelet still has of a log, or so many of its last lines, as bytes. Raises AccessDeniedError, and what the API server says."""
        await self.require(user, namespace)
        async with self._client.log(
            namespace=namespace,
            pod=pod,
            container=container,
            previous=previous,
            tail_lines=tail_lines,
            quiet_seconds=_QUIET_SECONDS,
        ) as chunks:
            yield chunks

    async def tail(
        self,
        user: User,
        namespace: str,
        *,
        pod: str,
        container: str,
        most: int,
        lines: int | None = None,
        previous: bool = False,
    ) -> bytes:
        """The last bytes of a log, so many at most, of so many of its last lines; it does not begin within a character. Raises as
        ``download`` does, and UnavailableError where the kubelet takes too long."""
        text, read = bytearray(), 0
        try:
            async with (
                asyncio.timeout(_TAIL_SECONDS),
                self.download(
                    user, namespace, pod=pod, container=container, previous=previous, tail_lines=lines
                ) as chunks,
            ):
                async for chunk in chunks:
                    text += chunk
                    read += len(chunk)
                    if len(text) > 2 * most:
                        del text[:-most]
        except TimeoutError:
            raise errors.UnavailableError(
                f"The log was not read within {_TAIL_SECONDS:g} s; ask for fewer lines."
            ) from None
        return _from_a_character(bytes(text[-most:])) if read > most else bytes(text)


def _from_a_character(text: bytes) -> bytes:
    within = next((at for at, byte in enumerate(text[:4]) if byte & 0xC0 != 0x80), 0)
    return text[within:]
