"""HTTP: from a request to an operation and back, watches and followed logs included.

A plain ASGI application. Serve it on loopback with ``uvicorn``: kubectl, our client and the simulators all come in
by the same door.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import yaml

from modelsweb.clock import Clock
from modelsweb.demo.apiserver import discovery, failure, selector
from modelsweb.demo.apiserver.logs import LogBook, LogQuery, parse_since
from modelsweb.demo.apiserver.operations import Admission, Operations, Target, WriteOptions
from modelsweb.demo.apiserver.rbac import MASTERS, Authorizer, Identity, Question
from modelsweb.demo.apiserver.resource import Registry, Resource
from modelsweb.demo.apiserver.storage import Event, Object, Storage
from modelsweb.demo.apiserver.table import table

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ACCESS_PATH = "/access/"
"""``/access/TOKEN`` before a path stands for a bearer token."""
_MAX_BYTES = 3 * 1024 * 1024
_BOOKMARK_SECONDS = 10.0
_INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}
_PATCHES = {
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, read to its end."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    identity: Identity

    def flag(self, name: str) -> bool:
        """A boolean parameter."""
        return self.query.get(name, "").lower() in {"1", "true"}

    @property
    def table_of(self) -> str | None:
        """Which objects a Table should carry, or None where no Table is wanted."""
        if "as=Table" not in self.headers.get("accept", ""):
            return None
        return self.query.get("includeObject", "Metadata")


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is sent back: a JSON value, or bytes as they come."""

    code: int = 200
    value: Any = None
    stream: AsyncIterator[bytes] | None = None
    content_type: str = "application/json"
    warnings: tuple[str, ...] = ()


class ApiServer:
    """The demo cluster's API server. Call it as an ASGI application."""

    def __init__(
        self, clock: Clock, *, tokens: Mapping[str, Identity], admission: Mapping[str, Admission]
    ) -> None:
        self.clock = clock
        self.storage = Storage(clock)
        self.registry = Registry()
        self.operations = Operations(self.storage, self.registry, admission=admission)
        self.authorizer = Authorizer(self.storage)
        self.logs = LogBook(clock)
        self._tokens = dict(tokens)
        self._cut = asyncio.Event()
        self.storage.listeners.append(self._kind_gone)

    def _kind_gone(self, resource: Resource, event: Event) -> None:
        """The watches of a kind end with its definition; the others are cut too, and simply return."""
        if resource.plural == "customresourcedefinitions" and event.type == "DELETED":
            self.disconnect()

    def disconnect(self) -> None:
        """Ends all watches and followed logs."""
        self._cut.set()
        self._cut = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return
        try:
            request = await self._read(scope, receive)
            answer = self._answer(request)
        except failure.Failure as error:
            answer = Answer(code=error.code, value=error.status())
        if answer.stream is not None:
            await self._send_stream(answer, receive, send)
        else:
            await _send_value(answer, send)

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def _read(self, scope: Scope, receive: Receive) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode().lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}\n{value}" if name in headers else value
        chunks, size = [], 0
        while True:
            message = await receive()
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > _MAX_BYTES:
                raise failure.Failure(
                    413, "RequestEntityTooLarge", message="Request entity too large: limit is 3145728"
                )
            if not message.get("more_body"):
                break
        path, path_token = _split_access(scope["path"])
        return Request(
            method=scope["method"],
            path=path,
            query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
            headers=headers,
            body=b"".join(chunks),
            identity=self._identify(headers, path_token),
        )

    def _identify(self, headers: Mapping[str, str], path_token: str) -> Identity:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        identity = self._tokens.get(token.strip() if scheme.lower() == "bearer" else path_token)
        if identity is None:
            raise failure.Failure(401, "Unauthorized", message="Unauthorized")
        if user := headers.get("impersonate-user"):
            self.authorizer.require(
                identity, Question(verb="impersonate", group="", resource="users", name=user)
            )
            groups = tuple(filter(None, headers.get("impersonate-group", "").split("\n")))
            for group in groups:
                asked = Question(verb="impersonate", group="", resource="groups", name=group)
                self.authorizer.require(identity, asked)
            return Identity(user, (*groups, "system:authenticated"))
        return replace(identity, groups=(*identity.groups, "system:authenticated"))

    async def _send_stream(self, answer: Answer, receive: Receive, send: Send) -> None:
        assert answer.stream is not None
        await send({"type": "http.response.start", "status": answer.code, "headers": _headers(answer)})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        cut = self._cut
        async with asyncio.TaskGroup() as group:
            steps = (_pump(answer.stream, send), _disconnected(receive), _set(cut))
            tasks = [group.create_task(step) for step in steps]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    # -- dispatch -----------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Answer:
        path = request.path.rstrip("/") or "/"
        if path in {"/healthz", "/livez", "/readyz"}:
            return Answer(stream=_once(b"ok"), content_type="text/plain")
        if path.startswith("/apis/authorization.k8s.io/v1/") and request.method == "POST":
            return self._review(request, path.rsplit("/", 1)[1])
        if request.method == "GET" and (document := discovery.answer(self.registry, path)) is not None:
            return Answer(value=document)
        target = self._target(path)
        if target is None:
            return Answer(code=404, stream=_once(b"404 page not found\n"), content_type="text/plain")
        self._authorize(request, target)
        if target.subresource == "log":
            return self._log(request, target)
        if target.name:
            return self._object(request, target)
        return self._collection(request, target)

    def _target(self, path: str) -> Target | None:
        parts = path.strip("/").split("/")
        if parts[0] == "api" and len(parts) > 2:
            group, version, rest = "", parts[1], parts[2:]
        elif parts[0] == "apis" and len(parts) > 3:
            group, version, rest = parts[1], parts[2], parts[3:]
        else:
            return None
        namespace: str | None = None
        if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in {"status", "finalize"}:
            namespace, rest = rest[1], rest[2:]
        resource = self.registry.get(group, version, plural=rest[0])
        if resource is None or len(rest) > 3 or (namespace and not resource.namespaced):
            return None
        name = rest[1] if len(rest) > 1 else None
        subresource = rest[2] if len(rest) > 2 else None
        if subresource and subresource not in resource.subresources:
            return None
        if name and resource.namespaced and namespace is None:
            return None
        return Target(resource=resource, namespace=namespace, name=name, subresource=subresource)

    def _authorize(self, request: Request, target: Target) -> None:
        is_watch = request.flag("watch")
        verb = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(request.method)
        if verb is None:
            verb = "get" if target.name else ("watch" if is_watch else "list")
        elif verb == "delete" and not target.name:
            verb = "deletecollection"
        self.authorizer.require(
            request.identity,
            Question(
                verb=verb,
                group=target.resource.group,
                resource=target.resource.plural,
                namespace=target.namespace or "",
                name=target.name or "",
                subresource=target.subresource or "",
            ),
        )

    def _object(self, request: Request, target: Target) -> Answer:
        options = _write_options(request)
        if request.method == "GET":
            obj = self.operations.get(target)
            return Answer(
                value=self._tabled(request, target.resource, objects=[obj]) if request.table_of else obj
            )
        if request.method == "PUT":
            obj = self.operations.replace(target, _decode(request), options=options)
            return Answer(code=200, value=obj, warnings=tuple(options.warnings))
        if request.method == "PATCH":
            content_type = request.headers.get("content-type", "").partition(";")[0].strip()
            if content_type not in _PATCHES:
                raise failure.Failure(
                    415, "UnsupportedMediaType", message=f"unsupported patch type: {content_type}"
                )
            obj, created = self.operations.patch(
                target, content_type, patch=_decode(request, patch=True), options=options
            )
            return Answer(code=201 if created else 200, value=obj, warnings=tuple(options.warnings))
        if request.method == "DELETE" and target.subresource is None:
            if request.body:  # then the query says nothing
                body = _decode(request)
                options.dry_run = bool(body.get("dryRun"))
            else:
                names = ("propagationPolicy", "gracePeriodSeconds")
                body = {name: request.query[name] for name in names if name in request.query}
            return Answer(code=200, value=self.operations.delete(target, body, options=options))
        raise failure.method_not_allowed()

    def _collection(self, request: Request, target: Target) -> Answer:
        if request.method == "GET":
            return self._watch(request, target) if request.flag("watch") else self._list(request, target)
        if request.method == "POST":
            if target.resource.namespaced and target.namespace is None:
                raise failure.method_not_allowed()
            options = _write_options(request)
            obj = self.operations.create(target, _decode(request), options=options)
            return Answer(code=201, value=obj, warnings=tuple(options.warnings))
        if request.method == "DELETE":
            objects = self._matching(request, target)
            self.operations.delete_collection(target, objects, body=_decode(request) if request.body else {})
            return Answer(
                code=200, value={"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
            )
        raise failure.method_not_allowed()

    # -- lists and watches --------------------------------------------------------------------------------------

    def _matching(self, request: Request, target: Target) -> list[Object]:
        query = request.query
        matching = self.operations.matching(
            target, labels=query.get("labelSelector"), fields=query.get("fieldSelector")
        )
        return list(matching)

    def _list(self, request: Request, target: Target) -> Answer:
        resource, version = target.resource, self.storage.version
        wanted = _version(request.query.get("resourceVersion"))
        if wanted > version:
            raise failure.Failure(
                504,
                "Timeout",
                message=f"Timeout: Too large resource version: {wanted}, current: {version}",
                details={
                    "causes": [
                        {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
                    ],
                    "retryAfterSeconds": 1,
                },
            )
        objects = self._matching(request, target)
        metadata: dict[str, Any] = {"resourceVersion": str(version)}
        if start := request.query.get("continue"):
            after, version = self._continue(start, target.resource)
            metadata["resourceVersion"] = str(version)
            objects = [obj for obj in objects if _place(obj) > after]
        limit = _number(request.query.get("limit"), "limit")
        if limit and len(objects) > limit:
            objects, rest = objects[:limit], len(objects) - limit
            place = list(_place(objects[-1]))
            metadata["continue"] = base64.urlsafe_b64encode(msgspec.json.encode([version, place])).decode()
            metadata["remainingItemCount"] = rest
        rendered = [self.operations.render(resource, obj) for obj in objects]
        if request.table_of:
            value = self._tabled(request, resource, objects=rendered)
            value["metadata"] = metadata
            return Answer(value=value)
        return Answer(
            value={
                "kind": f"{resource.kind}List",
                "apiVersion": resource.api_version,
                "metadata": metadata,
                "items": rendered,
            }
        )

    def _continue(self, token: str, resource: Resource) -> tuple[tuple[str, str], int]:
        try:
            version, place = msgspec.json.decode(base64.urlsafe_b64decode(token))
            after = (str(place[0]), str(place[1]))
        except (binascii.Error, msgspec.DecodeError, TypeError, ValueError, IndexError) as error:
            raise failure.bad_request(
                f"invalid continue token: continue key is not valid: {error}"
            ) from error
        if version < self.storage.shelf(resource).oldest and self.storage.shelf(resource).oldest > version:
            raise failure.Failure(
                410,
                "Expired",
                message="The provided continue parameter is too old to display a consistent list result. "
                "You must start a new list without the continue parameter.",
            )
        return after, int(version)

    def _tabled(self, request: Request, resource: Resource, *, objects: list[Object]) -> dict[str, Any]:
        version = str(self.storage.version)
        include = request.table_of or "Metadata"
        return table(resource, objects, include=include, now=self.clock.now(), version=version)

    def _watch(self, request: Request, target: Target) -> Answer:
        query = request.query
        since = query.get("resourceVersion")
        start = _version(since) if since not in (None, "", "0") else None
        initial = request.flag("sendInitialEvents")
        if initial and query.get("resourceVersionMatch") != "NotOlderThan":
            raise failure.Failure(
                422,
                "Invalid",
                message='ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            )
        fits_labels = selector.labels(query.get("labelSelector"))
        fits_fields = selector.fields(query.get("fieldSelector"), target.resource.plural)

        def fits(obj: Object | None) -> bool:
            return (
                obj is not None
                and (target.namespace is None or obj["metadata"].get("namespace") == target.namespace)
                and fits_labels(obj)
                and fits_fields(obj)
            )

        seconds = _number(query.get("timeoutSeconds"), "timeoutSeconds") or 1800
        stream = self._watch_lines(request, target, start=start, initial=initial, fits=fits, seconds=seconds)
        return Answer(stream=stream)

    async def _watch_lines(
        self,
        request: Request,
        target: Target,
        *,
        start: int | None,
        initial: bool,
        fits: Callable[[Object | None], bool],
        seconds: int,
    ) -> AsyncIterator[bytes]:
        shelf = self.storage.shelf(target.resource)
        position = start if start is not None and not initial else self.storage.version
        if start is None or initial:
            for obj in list(self.storage.list(target.resource, target.namespace)):
                if fits(obj):
                    yield self._watch_line(request, target, type_="ADDED", obj=obj)
            if initial:
                yield self._bookmark(target, position, annotations=_INITIAL_EVENTS_END)
        deadline = self.clock.monotonic() + seconds
        while (left := deadline - self.clock.monotonic()) > 0:
            if position < shelf.oldest - 1 and (not shelf.ring or position < shelf.ring[0].version - 1):
                status = failure.expired(position, shelf.oldest).status()
                yield msgspec.json.encode({"type": "ERROR", "object": status}) + b"\n"
                return
            changed, newest, sent = shelf.changed, self.storage.version, False
            for event in [event for event in shelf.ring if event.version > position]:
                position = event.version
                if (type_ := _seen_as(event, fits)) is not None:
                    sent = True
                    yield self._watch_line(request, target, type_=type_, obj=event.object)
            if sent:
                continue
            position = max(position, newest)
            try:
                async with asyncio.timeout(min(left, _BOOKMARK_SECONDS)):
                    await changed.wait()
            except TimeoutError:
                if request.flag("allowWatchBookmarks"):
                    yield self._bookmark(target, position, annotations={})

    def _watch_line(self, request: Request, target: Target, *, type_: str, obj: Object) -> bytes:
        rendered: Any = self.operations.render(target.resource, obj)
        if request.table_of:
            rendered = self._tabled(request, target.resource, objects=[rendered])
        return msgspec.json.encode({"type": type_, "object": rendered}) + b"\n"

    @staticmethod
    def _bookmark(target: Target, version: int, *, annotations: dict[str, str]) -> bytes:
        metadata: dict[str, Any] = {"resourceVersion": str(version), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        obj = {"kind": target.resource.kind, "apiVersion": target.resource.api_version, "metadata": metadata}
        return msgspec.json.encode({"type": "BOOKMARK", "object": obj}) + b"\n"

    # -- logs and reviews ---------------------------------------------------------------------------------------

    def _log(self, request: Request, target: Target) -> Answer:
        pod = self.operations.get(replace(target, subresource=None))
        query = request.query
        tail = _number(query.get("tailLines"), "tailLines")
        if tail is not None and tail < 0:
            message = "Invalid value: -1: must be greater than or equal to 0"
            cause = failure.FieldError("tailLines", "FieldValueInvalid", message)
            raise failure.invalid("PodLogOptions", "", name=target.name or "", causes=[cause])
        container = _log_container(pod, query.get("container"))
        if not pod["spec"].get("nodeName"):
            return Answer(code=204, stream=_once(b""), content_type="text/plain")
        run = self.logs.run(pod["metadata"]["uid"], container, previous=request.flag("previous"))
        if run is None:
            raise failure.bad_request(_no_log(pod, container, previous=request.flag("previous")))
        log_query = LogQuery(
            follow=request.flag("follow"),
            timestamps=request.flag("timestamps"),
            tail_lines=tail,
            since=parse_since(query.get("sinceSeconds"), query.get("sinceTime"), now=self.clock.now()),
            limit_bytes=_number(query.get("limitBytes"), "limitBytes"),
        )
        return Answer(stream=self.logs.read(run, log_query), content_type="text/plain")

    def _review(self, request: Request, plural: str) -> Answer:
        body = _decode(request)
        spec = body.get("spec") or {}
        identity = request.identity
        if plural == "subjectaccessreviews":
            self.authorizer.require(
                identity, Question(verb="create", group="authorization.k8s.io", resource=plural)
            )
            if not spec.get("user") and not spec.get("groups"):
                cause = failure.FieldError(
                    "spec.user",
                    "FieldValueRequired",
                    "Invalid value: at least one of user or group must be specified",
                )
                raise failure.invalid("SubjectAccessReview", "authorization.k8s.io", name="", causes=[cause])
            identity = Identity(spec.get("user", ""), tuple(spec.get("groups") or ()))
        elif plural != "selfsubjectaccessreviews":
            raise failure.Failure(404, "NotFound", message="the server could not find the requested resource")
        wanted = spec.get("resourceAttributes") or {}
        names = ("verb", "group", "resource", "namespace", "name", "subresource")
        question = Question(**{name: wanted.get(name, "") for name in names})
        allowed = self.authorizer.allows(identity, question)
        return Answer(code=201, value={"metadata": {}, **body, "status": {"allowed": allowed}})


def admin(token: str) -> dict[str, Identity]:
    """A token for somebody who may do everything."""
    return {token: Identity("demo-admin", (MASTERS,))}


# -- small parts --------------------------------------------------------------------------------------------------


def _split_access(path: str) -> tuple[str, str]:
    """The path and the token in it: kubectl sends no Authorization header over plain HTTP."""
    if not path.startswith(ACCESS_PATH):
        return path, ""
    token, _, rest = path[len(ACCESS_PATH) :].partition("/")
    return f"/{rest}", token


def _decode(request: Request, *, patch: bool = False) -> Any:
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    try:
        if "yaml" in content_type:
            value = yaml.safe_load(request.body)
        elif "json" in content_type or not content_type:
            value = msgspec.json.decode(request.body)
        else:
            raise failure.Failure(
                415,
                "UnsupportedMediaType",
                message=f"the body is in an unknown format ({content_type}): this demo cluster reads application/json and application/yaml",
            )
    except (msgspec.DecodeError, yaml.YAMLError) as error:
        raise failure.bad_request(f"the object provided is unrecognized: {error}") from error
    if not patch and not isinstance(value, dict):
        raise failure.bad_request("the object provided is unrecognized: it is no mapping")
    return value


def _write_options(request: Request) -> WriteOptions:
    agent = re.split(r"[/ ]", request.headers.get("user-agent", ""), maxsplit=1)[0]
    dry_run = request.query.get("dryRun")
    if dry_run not in (None, "", "All"):
        raise failure.bad_request(f'Invalid value: "{dry_run}": dryRun must be "All"')
    manager = request.query.get("fieldManager") or (
        "unknown" if request.method == "PATCH" else agent or "unknown"
    )
    content_type = request.headers.get("content-type", "")
    if manager == "unknown" and "apply" not in content_type:
        manager = agent or "unknown"
    return WriteOptions(
        manager=manager,
        dry_run=dry_run == "All",
        validation=request.query.get("fieldValidation") or "Warn",
        force=request.flag("force"),
    )


def _version(text: str | None) -> int:
    if not text:
        return 0
    try:
        return int(text)
    except ValueError:
        raise failure.Failure(
            500,
            "",
            message=f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax',
        ) from None


def _number(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise failure.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax ({name})') from None


def _place(obj: Object) -> tuple[str, str]:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def _seen_as(event: Event, fits: Callable[[Object | None], bool]) -> str | None:
    """How a watch with selectors sees an event: an object that no longer fits looks deleted."""
    if event.type == "DELETED":
        return "DELETED" if fits(event.before) else None
    now, then = fits(event.object), fits(event.before)
    if now:
        return "MODIFIED" if then else "ADDED"
    return "DELETED" if then else None


def _log_container(pod: Object, name: str | None) -> str:
    main = [container["name"] for container in pod["spec"].get("containers") or ()]
    init = [container["name"] for container in pod["spec"].get("initContainers") or ()]
    pod_name = pod["metadata"]["name"]
    if name is None:
        if len(main) > 1:
            choices = " ".join([*init, *main])
            raise failure.bad_request(
                f"a container name must be specified for pod {pod_name}, choose one of: [{choices}]"
            )
        return str(main[0])
    if name not in main + init:
        raise failure.bad_request(f"container {name} is not valid for pod {pod_name}")
    return name


def _no_log(pod: Object, container: str, *, previous: bool) -> str:
    name = pod["metadata"]["name"]
    if previous:
        return f'previous terminated container "{container}" in pod "{name}" not found'
    status = pod.get("status") or {}
    for state in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        waiting = (state.get("state") or {}).get("waiting")
        if state["name"] == container and waiting:
            reason = waiting.get("reason", "")
            if reason in {"ErrImagePull", "ImagePullBackOff"}:
                reason = "trying and failing to pull image"
            return f'container "{container}" in pod "{name}" is waiting to start: {reason}'
    return f'container "{container}" in pod "{name}" is not available'


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _pump(stream: AsyncIterator[bytes], send: Send) -> None:
    async with aclosing(stream) as chunks:  # type: ignore[type-var]
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _set(event: asyncio.Event) -> None:
    await event.wait()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = [(b"content-type", answer.content_type.encode())]
    headers.extend(
        (b"warning", f'299 - "{text}"'.replace("\n", " ").encode("latin-1", "replace"))
        for text in map(_quoted, answer.warnings)
    )
    return headers


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


async def _send_value(answer: Answer, send: Send) -> None:
    body = msgspec.json.encode(answer.value)
    headers = [*_headers(answer), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": answer.code, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
