"""The Kubernetes API over HTTP: every verb that the app uses, and nothing else.

Objects go in and come out as plain mappings, lists and watches as raw bytes, so that what is only passed on is
never decoded. There are two connection pools: short requests are capped so that a slow API server is not flooded,
and streams (watches, followed logs) are not, since a hundred followed logs must never keep a list waiting.

A request that fails on the way raises UnavailableError, an answer of 400 and above the error of ``kube.status``.
A 401 is tried once more with fresh credentials, because tokens rotate. Nothing else is retried here: the caller
knows whether a second try is right.

Rejected: the published clients, each of which lacks several of raw watch bytes, bookmarks, byte-exact logs and
access reviews, or splits streams at characters that are legal inside JSON strings (see the decisions).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from modelsweb import errors
from modelsweb.kube.connection import Connection
from modelsweb.kube.status import error_from_response, error_from_status
from modelsweb.objects.kind import Kind, segment
from modelsweb.objects.obj import dig

_CONNECT_SECONDS = 5.0
_REQUEST_SECONDS = 30.0
_LIST_SECONDS = 120.0
_CONCURRENT_REQUESTS = 50
_PAGE_SIZE = 500
_JSON = "application/json"
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


class PatchType(StrEnum):
    """The patch formats, by their content type."""

    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    APPLY = "application/apply-patch+yaml"


class Propagation(StrEnum):
    """What happens to the objects that the deleted one owns."""

    FOREGROUND = "Foreground"
    BACKGROUND = "Background"
    ORPHAN = "Orphan"


class WatchEvent(msgspec.Struct, frozen=True):
    """One line of a watch: ADDED, MODIFIED, DELETED or BOOKMARK, and the object's bytes."""

    type: str
    object: msgspec.Raw


class _ListMeta(msgspec.Struct):
    resourceVersion: str = ""  # noqa: N815 - the API's spelling
    continue_: str = msgspec.field(name="continue", default="")


class Page(msgspec.Struct):
    """One page of a list."""

    metadata: _ListMeta
    items: list[msgspec.Raw] | None = None


_page = msgspec.json.Decoder(Page)
_event = msgspec.json.Decoder(WatchEvent)
_object = msgspec.json.Decoder(dict[str, Any])


_Answer = TypeVar("_Answer")


def _decoded(decoder: msgspec.json.Decoder[_Answer], body: bytes) -> _Answer:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise errors.ClusterError(f"The API server answered what is not its JSON: {error}") from error


class KubeClient:
    """A connection to one API server, shared by the whole process. Close it, or use it as a context manager."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests: aiohttp.ClientSession | None = None
        self._streams: aiohttp.ClientSession | None = None
        self._acting_as: tuple[tuple[str, str], ...] = ()

    def acting_as(self, user: str, groups: tuple[str, ...] = ()) -> "KubeClient":
        """The same client, whose requests the API server takes for those of a user (impersonation): quotas, policies and audit
        see them. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
        """
        self._request_session()  # one pool for both
        other = copy(self)
        named = (("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups))
        other._acting_as = named  # noqa: SLF001 - a client of our own
        return other

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes all connections, streams included."""
        for session in (self._requests, self._streams):
            if session is not None:
                await session.close()

    # -- reading ------------------------------------------------------------------------------------------------

    async def get(self, kind: Kind, *, namespace: str | None = None, name: str) -> dict[str, Any]:
        """One object. Raises NotFoundError where it is not there."""
        return await self.request_json("GET", kind.path(namespace, name))

    async def list_page(
        self,
        kind: Kind,
        *,
        namespace: str | None = None,
        limit: int | None = None,
        continue_token: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> Page:
        """One page of a list, items undecoded. Raises ExpiredError where the continue token is too old."""
        body = await self.request(
            "GET",
            kind.path(namespace),
            params=_params(
                limit=limit,
                **{"continue": continue_token},
                labelSelector=label_selector,
                fieldSelector=field_selector,
            ),
            seconds=_LIST_SECONDS,
        )
        return _decoded(_page, body)

    async def list_all(
        self, kind: Kind, *, namespace: str | None = None, label_selector: str | None = None
    ) -> tuple[list[msgspec.Raw], str]:
        """All objects that the kind's selectors choose, fetched in pages, and the resourceVersion of the list.

        A token that expires on the way starts the list once more in one piece, as kubectl does.
        """
        items: list[msgspec.Raw] = []
        token: str | None = None
        limit: int | None = _PAGE_SIZE
        while True:
            try:
                page = await self.list_page(
                    kind,
                    namespace=namespace,
                    limit=limit,
                    continue_token=token,
                    label_selector=label_selector or kind.selector or None,
                    field_selector=kind.field_selector or None,
                )
            except errors.ExpiredError:
                if token is None:
                    raise
                items, token, limit = [], None, None
                continue
            items.extend(page.items or ())
            token = page.metadata.continue_
            if not token:
                return items, page.metadata.resourceVersion

    async def table(self, kind: Kind, *, namespace: str | None = None) -> dict[str, Any]:
        """The list as the server prints it: column definitions and rows of cells."""
        body = await self.request(
            "GET", kind.path(namespace), headers={"Accept": _TABLE}, seconds=_LIST_SECONDS
        )
        return _decoded(_object, body)

    @asynccontextmanager
    async def watch(
        self,
        kind: Kind,
        *,
        namespace: str | None = None,
        resource_version: str | None = None,
        send_initial_events: bool = False,
        timeout_seconds: int = 300,
        quiet_seconds: float = 90.0,
    ) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """The changes since a version, as they happen, with bookmarks; ends when the server ends it. A line that
        is no event comes as one without a type.

        The context is entered once the server has accepted the watch.

        ``send_initial_events`` asks for a streaming list first. ``quiet_seconds`` without any byte (bookmarks come
        about once a minute) raise UnavailableError. An ERROR event raises the error it carries: ExpiredError means
        list again.
        """
        params = _params(
            watch="true",
            allowWatchBookmarks="true",
            labelSelector=kind.selector or None,
            fieldSelector=kind.field_selector or None,
            resourceVersion=resource_version,
            timeoutSeconds=timeout_seconds,
            sendInitialEvents="true" if send_initial_events else None,
            resourceVersionMatch="NotOlderThan" if send_initial_events else None,
        )
        async with self.stream(kind.path(namespace), params=params, quiet_seconds=quiet_seconds) as chunks:
            yield _events(chunks)

    @asynccontextmanager
    async def log(
        self,
        *,
        namespace: str,
        pod: str,
        container: str | None = None,
        follow: bool = False,
        previous: bool = False,
        timestamps: bool = False,
        tail_lines: int | None = None,
        since_seconds: int | None = None,
        since_time: str | None = None,
        quiet_seconds: float | None = None,
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a container's log, exactly as the kubelet sends them, in chunks of no particular size.

        ``quiet_seconds`` without a byte are taken for a connection that broke unnoticed; None waits for ever.
        """
        params = _params(
            container=container,
            follow="true" if follow else None,
            previous="true" if previous else None,
            timestamps="true" if timestamps else None,
            tailLines=tail_lines,
            sinceSeconds=since_seconds,
            sinceTime=since_time,
        )
        path = f"/api/v1/namespaces/{segment(namespace)}/pods/{segment(pod)}/log"
        async with self.stream(path, params=params, quiet_seconds=quiet_seconds) as chunks:
            yield chunks

    # -- writing ------------------------------------------------------------------------------------------------

    async def create(
        self,
        kind: Kind,
        body: Mapping[str, Any],
        *,
        namespace: str | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> dict[str, Any]:
        """Creates an object and returns it as stored. ``strict`` refuses unknown and doubled fields."""
        return await self.request_json(
            "POST", kind.path(namespace), body=body, params=_write_params(dry_run=dry_run, strict=strict)
        )

    async def replace(
        self,
        kind: Kind,
        body: Mapping[str, Any],
        *,
        namespace: str | None = None,
        name: str,
        subresource: str | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> dict[str, Any]:
        """Replaces an object; its resourceVersion, where given, must be the current one (ConflictError)."""
        return await self.request_json(
            "PUT",
            kind.path(namespace, name, subresource=subresource),
            body=body,
            params=_write_params(dry_run=dry_run, strict=strict),
        )

    async def patch(
        self,
        kind: Kind,
        body: Mapping[str, Any] | list[dict[str, Any]],
        *,
        namespace: str | None = None,
        name: str,
        patch_type: PatchType = PatchType.MERGE,
        subresource: str | None = None,
        field_manager: str | None = None,
        force: bool = False,
        dry_run: bool = False,
        strict: bool = False,
    ) -> dict[str, Any]:
        """Changes an object. With PatchType.APPLY it is created where absent; ``force`` takes fields over. ``strict`` refuses
        unknown and doubled fields."""
        params = _write_params(dry_run=dry_run, strict=strict) | _params(
            fieldManager=field_manager, force="true" if force else None
        )
        return await self.request_json(
            "PATCH",
            kind.path(namespace, name, subresource=subresource),
            body=body,
            params=params,
            content_type=patch_type,
        )

    async def delete(
        self,
        kind: Kind,
        *,
        namespace: str | None = None,
        name: str,
        propagation: Propagation | None = None,
        uid: str | None = None,
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Deletes an object. Answers the object while finalizers hold it, else a Status.

        ``uid`` makes sure that it is still the same object (ConflictError where it is not). ``grace_seconds`` is how
        long a pod may take to end; None leaves it to the pod.
        """
        options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1"}
        if propagation:
            options["propagationPolicy"] = propagation
        if uid:
            options["preconditions"] = {"uid": uid}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        if dry_run:  # where there is a body the API server reads no options from the query, and would delete
            options["dryRun"] = ["All"]
        return await self.request_json("DELETE", kind.path(namespace, name), body=options)

    # -- rights and discovery -----------------------------------------------------------------------------------

    async def review(self, user: str, groups: tuple[str, ...], *, attributes: errors.Attributes) -> bool:
        """Whether RBAC lets the user do that."""
        spec: dict[str, Any] = {"user": user, "resourceAttributes": _resource_attributes(attributes)}
        if groups:
            spec["groups"] = list(groups)
        answer = await self._review("SubjectAccessReview", "subjectaccessreviews", spec=spec)
        return dig(answer, "status", "allowed") is True

    async def review_token(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """Name and groups of whom a bearer token stands for; None where the cluster does not know it."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        answer = await self.request_json("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body=body)
        name, groups = dig(answer, "status", "user", "username"), dig(answer, "status", "user", "groups")
        if dig(answer, "status", "authenticated") is not True or not isinstance(name, str) or not name:
            return None
        found = groups if isinstance(groups, list) else ()
        return name, tuple(group for group in found if isinstance(group, str))

    async def self_review(self, attributes: errors.Attributes) -> bool:
        """Whether RBAC lets ourselves do that."""
        spec = {"resourceAttributes": _resource_attributes(attributes)}
        answer = await self._review("SelfSubjectAccessReview", "selfsubjectaccessreviews", spec=spec)
        return dig(answer, "status", "allowed") is True

    async def _review(self, kind: str, plural: str, *, spec: Mapping[str, Any]) -> dict[str, Any]:
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        return await self.request_json("POST", f"/apis/authorization.k8s.io/v1/{plural}", body=body)

    async def resources(self, group: str, version: str) -> list[dict[str, Any]]:
        """The resources of one group and version; empty where the cluster does not have it."""
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        try:
            answer = await self.request_json("GET", path)
        except errors.NotFoundError:
            return []
        found = answer.get("resources")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def version(self) -> dict[str, Any]:
        """The API server's version."""
        return await self.request_json("GET", "/version")

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def request_json(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        content_type: str = _JSON,
    ) -> dict[str, Any]:
        """A request whose answer is one JSON object."""
        answer = await self.request(method, path, body=body, params=params, content_type=content_type)
        return _decoded(_object, answer)

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = _JSON,
        seconds: float = _REQUEST_SECONDS,
    ) -> bytes:
        """The bytes of an answer below 400; everything else raises."""
        session = self._request_session()
        data = None if body is None else msgspec.json.encode(body)
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
        for fresh in (False, True):
            try:
                sent = await self._headers(fresh=fresh, accept=(headers or {}).get("Accept", _JSON))
                if data is not None:
                    sent.append(("Content-Type", content_type))
                async with session.request(
                    method,
                    self._connection.server + path,
                    data=data,
                    params=params,
                    headers=sent,
                    timeout=timeout,
                    proxy=self._connection.proxy,
                    server_hostname=self._connection.server_hostname,
                ) as response:
                    answer = await response.read()
                    if response.status < 400:
                        return answer
                    if response.status == 401 and not fresh:
                        continue
                    raise error_from_response(
                        response.status, answer, retry_after=response.headers.get("Retry-After")
                    )
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise _unavailable(error) from error
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Mapping[str, str] | None = None, quiet_seconds: float | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """An answer as it arrives. Leaving the context closes the connection at once."""
        session = self._stream_session()
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=quiet_seconds)
        try:
            for fresh in (False, True):
                async with session.get(
                    self._connection.server + path,
                    params=params,
                    headers=await self._headers(fresh=fresh, accept="*/*"),
                    timeout=timeout,
                    proxy=self._connection.proxy,
                    server_hostname=self._connection.server_hostname,
                ) as response:
                    if response.status == 401 and not fresh:
                        continue
                    if response.status >= 400:
                        raise error_from_response(
                            response.status,
                            await response.read(),
                            retry_after=response.headers.get("Retry-After"),
                        )
                    yield response.content.iter_any()
                    return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unavailable(error) from error

    async def _headers(self, *, fresh: bool, accept: str) -> list[tuple[str, str]]:
        """In pairs: a user may be of several groups, each in a header of its own."""
        headers = {"Accept": accept, "User-Agent": "modelsweb"}
        headers.update(await self._connection.credentials.headers(fresh=fresh))
        return [*headers.items(), *self._acting_as]

    def _request_session(self) -> aiohttp.ClientSession:
        if self._requests is None:
            self._requests = self._session(limit=_CONCURRENT_REQUESTS)
        return self._requests

    def _stream_session(self) -> aiohttp.ClientSession:
        if self._streams is None:
            self._streams = self._session(limit=0)
        return self._streams

    def _session(self, *, limit: int) -> aiohttp.ClientSession:
        ssl_context = self._connection.ssl_context
        connector = aiohttp.TCPConnector(limit=limit, ssl=ssl_context if ssl_context is not None else True)
        return aiohttp.ClientSession(connector=connector, auto_decompress=True)


async def lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a byte stream, split at newlines only, without them; a last line cut short is dropped.

    Other separators (U+0085, U+2028, form feeds) are legal inside JSON strings and log lines.
    """
    pending: list[bytes] = []
    async for chunk in chunks:
        head, newline, rest = chunk.partition(b"\n")
        if not newline:
            pending.append(chunk)
            continue
        yield b"".join([*pending, head])
        *complete, tail = rest.split(b"\n")
        for line in complete:
            yield line
        pending = [tail] if tail else []


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[WatchEvent]:
    is_watch = False
    async for line in lines(chunks):
        try:
            event = _event.decode(line)
        except (msgspec.ValidationError, RecursionError):
            event = WatchEvent("", msgspec.Raw(b"null"))
        except msgspec.DecodeError as error:
            if not is_watch:  # a proxy's page, perhaps; in a watch it is one bad line among good ones
                raise errors.ClusterError(f"The API server sent no watch but: {error}") from error
            event = WatchEvent("", msgspec.Raw(b"null"))
        is_watch = True
        if event.type == "ERROR":
            status = _decoded(_object, bytes(event.object))
            raise error_from_status(status)
        yield event


def _params(**values: str | int | None) -> dict[str, str]:
    return {key: str(value) for key, value in values.items() if value is not None}


def _write_params(*, dry_run: bool, strict: bool = False) -> dict[str, str]:
    return _params(dryRun="All" if dry_run else None, fieldValidation="Strict" if strict else None)


def _resource_attributes(attributes: errors.Attributes) -> dict[str, str]:
    fields = {
        "verb": attributes.verb,
        "group": attributes.group,
        "resource": attributes.resource,
        "namespace": attributes.namespace,
        "name": attributes.name,
        "subresource": attributes.subresource,
    }
    return {key: value for key, value in fields.items() if value}


def _unavailable(error: BaseException) -> errors.UnavailableError:
    """What users may read; the address and all else that the error says is for the log (its cause, ``follow``)."""
    is_late = isinstance(error, TimeoutError | asyncio.TimeoutError)
    return errors.UnavailableError(
        f"The API server {'did not answer in time' if is_late else 'cannot be reached'}."
    )
