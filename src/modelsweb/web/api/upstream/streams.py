"""Lists, an object, events and logs, kept up to date by server-sent events in the frames of that API.

A stream never says that something went wrong on the way: the store catches up by itself, and what changed meanwhile comes as
changes. Only who loses the right is told, at the end.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway.raw_reader import Item, Key, Moment
from modelsweb.gateway.reader import ListGrant, ObjectGrant
from modelsweb.kinds import EVENT, INFERENCE_SERVICE
from modelsweb.objects.ref import ObjectRef
from modelsweb.web import sse
from modelsweb.web.api.upstream.objects import with_mode
from modelsweb.web.api.upstream.pods import lines_of
from modelsweb.web.api.upstream.services import containers_of, pods_of, seen
from modelsweb.web.reauthorization import Rights
from modelsweb.web.site import RequestContext, Site

_REST_SECONDS = 0.2
"""Between two looks at what changed."""
_LOG_SECONDS = 3.0
_MAX_COMPONENTS = 10
_MAX_PODS = 20
_MAX_LOG, _MAX_LINES = 256 * 1024, 10_000
"""Of each pod the end: all of them are sent again when one has more to say."""
_SERVING = "kserve-container"


class _PlainStream(sse.EventStream):
    """Without a name on any event, as that front end has it."""

    hello = b": open\n\n"
    sign_of_life = b": heartbeat\n\n"
    heartbeat_seconds = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frames:
    """How a stream writes what it has to say. ``beside`` stands in each frame that lacks it."""

    initial: Callable[[list[bytes]], dict[str, bytes]]
    raw: Callable[[Item], bytes] = lambda item: item.raw
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def frame(self, type_: str, **data: bytes) -> bytes:
        """One message."""
        fields = {**self.beside, **data, "type": msgspec.json.encode(type_)}
        body = b",".join(msgspec.json.encode(key) + b":" + value for key, value in fields.items())
        return b"data: {" + body + b"}\n\n"

    def begin(self, items: Iterable[Item]) -> bytes:
        """The first message, with all that there is."""
        return self.frame("INITIAL", **self.initial([self.raw(one) for one in items]))


def _items(raw: list[bytes]) -> dict[str, bytes]:
    return {"items": b"[" + b",".join(raw) + b"]"}


_LIST = _Frames(initial=_items, raw=with_mode)
_ONE = _Frames(initial=lambda raw: {"object": raw[0] if raw else b"null"}, raw=with_mode)
_EVENTS = _Frames(initial=_items, beside={"object": b"null", "items": b"null"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Audience:
    """What a stream shows: what a grant covers, of an object the events about it."""

    grant: ListGrant | ObjectGrant
    about: ObjectRef | None = None


async def listed(context: RequestContext) -> Any:
    """All InferenceServices of a namespace. Raises AccessDeniedError."""

    async def admit(context: RequestContext) -> _Audience:
        raw = context.site.raw
        return _Audience(
            grant=await raw.authorize_list(context.user, INFERENCE_SERVICE, namespaces=(context.namespace,))
        )

    return await _stream(context, admit, frames=_LIST)


async def one(context: RequestContext) -> Any:
    """One of them. Raises AccessDeniedError, NotFoundError."""

    async def admit(context: RequestContext) -> _Audience:
        grant = await context.site.raw.authorize_object(
            context.user, INFERENCE_SERVICE, namespace=context.namespace, name=context.name
        )
        return _Audience(grant=grant)

    audience = await admit(context)
    assert isinstance(audience.grant, ObjectGrant)
    context.site.raw.item(audience.grant)
    return await _stream(context, admit, frames=_ONE)


async def events(context: RequestContext) -> Any:
    """The events about one. Raises AccessDeniedError."""

    async def admit(context: RequestContext) -> _Audience:
        raw = context.site.raw
        return _Audience(
            grant=await raw.authorize_list(context.user, EVENT, namespaces=(context.namespace,)),
            about=ObjectRef(INFERENCE_SERVICE.full_name, context.namespace, context.name),
        )

    return await _stream(context, admit, frames=_EVENTS)


async def logs(context: RequestContext) -> Any:
    """The logs of the components that the query names, again whenever they changed. Raises AccessDeniedError, NotFoundError."""
    components = context.request.query_params.getlist("component")
    if len(components) > _MAX_COMPONENTS:
        message = f"Ask for {_MAX_COMPONENTS} components at most."
        body = {"error": message, "log": message, "success": False, "status": 400}
        return Response(msgspec.json.encode(body), 400, media_type="application/json")

    async def admit(context: RequestContext) -> ObjectRef:
        await context.site.logs.require(context.user, context.namespace)
        await seen(context)
        return ObjectRef(INFERENCE_SERVICE.full_name, context.namespace, context.name)

    rights = Rights(context, await admit(context), admit=admit)
    return _answer(context, _logs(context, rights, components=components), rights=rights)


def _answer(
    context: RequestContext, source: AsyncGenerator[bytes, None], *, rights: Rights[Any]
) -> _PlainStream:
    site = context.site
    return _PlainStream(source, site.closing, place=site.streams.place(context.user), rights=rights)


async def _stream(
    context: RequestContext,
    admit: Callable[[RequestContext], Awaitable[_Audience]],
    *,
    frames: _Frames,
) -> _PlainStream:
    audience = await admit(context)
    _now(context.site, audience)  # what refuses it is said before the stream begins
    rights = Rights(context, audience, admit=admit)
    return _answer(context, _changes(context, rights, frames=frames), rights=rights)


async def _changes(
    context: RequestContext, rights: Rights[_Audience], *, frames: _Frames
) -> AsyncGenerator[bytes, None]:
    site, audience, state = context.site, rights.audience, None
    told = _told_events if audience.about is not None else _told_objects
    with site.raw.changes(audience.grant) as subscription:
        while True:
            if not await rights.paid(audience):
                if rights.is_lost:
                    break
                audience, state = rights.audience, None  # who sees something else now begins anew
                continue
            try:
                async with site.rate_limit.turn(context.user):
                    messages, newer = told(site, audience, state=state, frames=frames)
                for message in messages:
                    if not await rights.hold(audience):
                        break
                    yield message
                else:
                    state = newer
            except (
                errors.ModelswebError
            ) as error:  # the watch comes back by itself, and debts are paid by time
                if error.retry_after:
                    await rights.wait(asyncio.sleep(error.retry_after))
                    continue
            await asyncio.sleep(_REST_SECONDS)
            await rights.wait(subscription.wait())
    yield _lost(frames, rights)


def _told_objects(
    site: Site, audience: _Audience, *, state: Any, frames: _Frames
) -> tuple[list[bytes], Moment]:
    """What a viewer lacks of the objects of a grant: where too much has changed since, all of it."""
    grant, moment = audience.grant, site.raw.moment
    changed = site.raw.changed(grant, state) if state is not None else None
    if changed is None:
        messages = [frames.begin(site.raw.now(grant).values())]
    else:
        messages = [frames.frame(type_, object=frames.raw(item)) for type_, item in changed]
    return messages, moment


def _told_events(
    site: Site, audience: _Audience, *, state: Any, frames: _Frames
) -> tuple[list[bytes], dict[Key, Item]]:
    """The same of the events about an object, which are few."""
    found = _now(site, audience)
    if state is None:
        return [frames.begin(found.values())], found
    return [frames.frame(type_, object=frames.raw(item)) for type_, item in _differences(state, found)], found


def _lost(frames: _Frames, rights: Rights[Any]) -> bytes:
    message = rights.problem.message if rights.problem is not None else "The stream is over."
    return frames.frame("ERROR", object=msgspec.json.encode({"message": message}))


def _now(site: Site, audience: _Audience) -> dict[Key, Item]:
    if audience.about is None:
        return site.raw.now(audience.grant)
    assert isinstance(audience.grant, ListGrant)
    found = site.raw.events(audience.grant, audience.about, kind=INFERENCE_SERVICE.kind)
    return {item.key: item for item in found}


def _differences(before: Mapping[Key, Item], now: Mapping[Key, Item]) -> Iterable[tuple[str, Item]]:
    """What went comes first: an object that was made again is another."""
    for key, item in before.items():
        if key not in now or now[key].uid != item.uid:
            yield "DELETED", item
    for key, item in now.items():
        known = before.get(key)
        if known is None or known.uid != item.uid:
            yield "ADDED", item
        elif known.resource_version != item.resource_version:
            yield "MODIFIED", item


async def _logs(
    context: RequestContext, rights: Rights[ObjectRef], *, components: list[str]
) -> AsyncGenerator[bytes, None]:
    sent: dict[str, Any] | None = None
    while await rights.paid(rights.audience):
        try:
            found = await _read_logs(context, components, before=sent or {})
        except errors.ModelswebError:
            found = sent or {}
        if found != sent:
            frame = await context.site.rate_limit.aside(
                context.user, _log_frame, "UPDATE", logs=found, message=None
            )
            if not await rights.hold(rights.audience):
                break
            sent = found
            yield frame
        await rights.wait(asyncio.sleep(_LOG_SECONDS))
    message = rights.problem.message if rights.problem is not None else "The stream is over."
    yield _log_frame("ERROR", logs=None, message=message)


def _log_frame(type_: str, **data: object) -> bytes:
    return b"data: " + msgspec.json.encode({"type": type_, **data}) + b"\n\n"


async def _read_logs(
    context: RequestContext, components: list[str], *, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The logs of each component's pods; of a pod that cannot be read, one that has not started say, what was there ``before``."""
    snapshot = await seen(context)
    found: dict[str, Any] = {}
    for component in dict.fromkeys(components):
        pods = (await pods_of(context, snapshot, component=component))[:_MAX_PODS]
        known = {one["podName"]: one["logs"] for one in before.get(component, ())}
        found[component] = [
            {"podName": pod.name, "logs": await _log_of(context, pod.name, known=known.get(pod.name, []))}
            for pod in pods
            if _SERVING in containers_of(pod)
        ]
    return found


async def _log_of(context: RequestContext, pod: str, *, known: list[str]) -> list[str]:
    try:
        return await lines_of(context, pod, container=_SERVING, most=_MAX_LOG, lines=_MAX_LINES)
    except errors.ForbiddenError:
        raise
    except errors.ModelswebError:
        return known
