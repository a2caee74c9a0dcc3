"""Lists and objects, kept up to date by server-sent events that a client can take up where it left off.

A stream begins with SYNC, all that there is, in as many messages as it takes; then each change is a message of its own. The id of a message names
the moment that it brings the client to. Who comes back with it gets what changed meanwhile, and SYNC only where that is not known any
more: after a restart of the app, by another replica, or after very many changes. While the cluster is away nothing is sent.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from modelsweb import errors
from modelsweb.clock import format_time
from modelsweb.gateway.raw_reader import Item, Moment, Subscription, WatchType
from modelsweb.gateway.reader import ListGrant, ObjectGrant
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.viewmodels.components.judged import judged_service
from modelsweb.web import chunked, problem, sse
from modelsweb.web.api.v1 import selection
from modelsweb.web.api.v1.operation import Query
from modelsweb.web.api.v1.place import JUDGED, kind_in, kind_of, namespaces_of
from modelsweb.web.api.v1.resources import Namespaces
from modelsweb.web.api.v1.selection import Fields, Path
from modelsweb.web.api.v1.verdicts import of_judged
from modelsweb.web.reauthorization import Rights
from modelsweb.web.site import RequestContext, Site

_REST_SECONDS = 0.2
"""Between two looks at what changed."""
_NO_ID = "id:\n"
"""Half of what changed is no moment: who comes back in the midst of it begins anew."""
_SYNC = b'data: {"type":"SYNC","items":['
_MAX_SECONDS = 3_600
_MAX_DECODED = 200
"""Objects of which fields are taken at once, while everybody else waits."""
_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})-([0-9a-f]{16})")
_SECRET = secrets.token_bytes(16)
"""Of this run: who made up an id would be told of what went before they had the right to see it."""
Timeout = Annotated[
    int,
    Meta(
        ge=1,
        le=_MAX_SECONDS,
        description="The stream ends after so many seconds; come back with its last id.",
    ),
]
LastEventId = Annotated[
    str, Meta(max_length=200, description="For who cannot send the header Last-Event-ID.")
]


class WatchQuery(Query, frozen=True, kw_only=True):
    """For how long, and what of each object."""

    fields: Fields = ""
    timeout_seconds: Timeout = _MAX_SECONDS
    last_event_id: LastEventId = ""


class WatchOfAll(WatchQuery, frozen=True, kw_only=True):
    """The same of several namespaces."""

    namespaces: Namespaces = ""


class VerdictWatch(Query, frozen=True, kw_only=True):
    """For how long."""

    timeout_seconds: Timeout = _MAX_SECONDS


@dataclass(frozen=True, slots=True)
class _Audience:
    """What a stream shows."""

    grant: ListGrant | ObjectGrant


class _Stream(sse.EventStream):
    hello = b"retry: 2000\n\n"


async def of_all(context: RequestContext, query: WatchOfAll) -> Any:
    """The objects of several namespaces, or of a kind of the whole cluster. Raises AccessDeniedError."""
    return await _listed(context, query, namespaces=namespaces_of(query.namespaces, kind_of(context)))


async def of_namespace(context: RequestContext, query: WatchQuery) -> Any:
    """Those of a namespace. Raises AccessDeniedError."""
    return await _listed(context, query, namespaces=(context.namespace,))


async def _listed(context: RequestContext, query: WatchQuery, *, namespaces: tuple[str, ...] | None) -> Any:
    kind = kind_of(context)

    async def admit(context: RequestContext) -> _Audience:
        grant = await context.site.raw.authorize_list(context.user, kind, namespaces=namespaces)
        return _Audience(
            replace(grant, hidden=0)
        )  # how many one may not see changes nothing of what one sees

    return await _watched(context, query, admit=admit)


async def one(context: RequestContext, query: WatchQuery) -> Any:
    """One object, also before it is there and after it went. Raises AccessDeniedError."""
    kind = kind_of(context)

    async def admit(context: RequestContext) -> _Audience:
        grant = await context.site.raw.authorize_object(
            context.user, kind, namespace=context.namespace, name=context.name
        )
        return _Audience(grant)

    return await _watched(context, query, admit=admit)


async def _watched(
    context: RequestContext, query: WatchQuery, *, admit: Callable[[RequestContext], Awaitable[_Audience]]
) -> _Stream:
    kept = selection.paths(query.fields)
    audience = await admit(context)
    context.site.raw.now(audience.grant)  # what refuses it is said before the stream begins
    rights = Rights(context, audience, admit=admit)
    given = query.last_event_id or context.request.headers.get("last-event-id", "")
    source = limited(_changes(context, rights, kept=kept, given=given), query.timeout_seconds)
    return stream(context, source, rights=rights)


def stream(context: RequestContext, source: AsyncGenerator[bytes, None], *, rights: Rights[Any]) -> _Stream:
    """An answer that sends messages for as long as the rights behind it last. Raises TooManyRequestsError."""
    site = context.site
    return _Stream(source, site.closing, place=site.streams.place(context.user), rights=rights)


async def limited(source: AsyncGenerator[bytes, None], seconds: float) -> AsyncGenerator[bytes, None]:
    """A stream that ends after a while."""
    end = asyncio.get_running_loop().time() + seconds
    try:
        while True:
            async with asyncio.timeout_at(end):
                message = await anext(source)
            yield message
    except (TimeoutError, StopAsyncIteration):
        return
    finally:
        await source.aclose()


async def _changes(
    context: RequestContext, rights: Rights[_Audience], *, kept: tuple[Path, ...], given: str
) -> AsyncGenerator[bytes, None]:
    raw, audience = context.site.raw, rights.audience
    scope = f"{context.user} {audience} {kept}"
    had = _moment(given, scope=scope)
    with raw.changes(audience.grant) as subscription:
        while await rights.hold(audience):  # who sees something else now begins anew
            moment = raw.moment
            try:
                changed = raw.changed(audience.grant, had) if had is not None else None
                items = list(raw.now(audience.grant).values()) if changed is None else []
                health = raw.health(audience.grant)
                parts = _sync(items, kept, health=health) if changed is None else _told(changed, kept)
                had = moment if changed == [] else had
                async for message, is_last in _paid(context, rights, parts=parts):
                    if not await rights.hold(audience):
                        break
                    id_ = f"id: {moment.run}-{moment.number}-{_seal(moment, scope)}\n" if is_last else _NO_ID
                    yield id_.encode() + message
                    had = moment if is_last else had
            except errors.ModelswebError:  # the watch comes back by itself
                pass
            await asyncio.sleep(_REST_SECONDS)
            await rights.wait(subscription.wait())
    if rights.is_lost:
        yield error_message(rights.problem)


async def _paid(
    context: RequestContext, rights: Rights[_Audience], *, parts: Iterator[tuple[bytes, bool]]
) -> AsyncGenerator[tuple[bytes, bool], None]:
    """Messages that are made one by one on the user's account, for as long as the rights are what they are."""
    audience = rights.audience
    while await rights.paid(audience):
        try:
            async with context.site.rate_limit.turn(context.user):
                part = next(parts, None)
        except errors.TooManyRequestsError as error:
            await rights.wait(asyncio.sleep(error.retry_after or 0))
            continue
        if part is None:
            return
        yield part


def _moment(given: str, *, scope: str) -> Moment | None:
    """The moment that an id names; None for one that was given to somebody else, or for something else, or by nobody."""
    found = _ID.fullmatch(given)
    if found is None:
        return None
    moment = Moment(found[1], int(found[2]))
    return moment if secrets.compare_digest(found[3], _seal(moment, scope)) else None


def _seal(moment: Moment, scope: str) -> str:
    """What proves that we gave the id of a moment to who has it."""
    said = f"{moment.run} {moment.number} {scope}".encode()
    return hashlib.blake2b(said, key=_SECRET, digest_size=8).hexdigest()


def _sync(items: list[Item], kept: tuple[Path, ...], *, health: Health) -> Iterator[tuple[bytes, bool]]:
    """All that there is, in messages of some bytes each, and whether it is the last one."""
    is_stale = health.freshness is Freshness.STALE
    stale = f',"staleSince":"{format_time(health.since)}"'.encode() if is_stale else b""
    most = _MAX_DECODED if kept else None
    pieces = chunked.joined(b"", (_raw(one, kept) for one in items), end=b"", most=most)
    body = next(pieces)
    for following in pieces:
        yield _SYNC + body + b'],"more":true}\n\n', False
        body = following.removeprefix(b",")
    yield _SYNC + body + b"]" + stale + b"}\n\n", True


def _told(changed: list[tuple[WatchType, Item]], kept: tuple[Path, ...]) -> Iterator[tuple[bytes, bool]]:
    """Each change, and whether it is the last one."""
    for number, (type_, item) in enumerate(changed, start=1):
        head = f'data: {{"type":"{type_.value}","object":'.encode()
        yield head + _raw(item, kept) + b"}\n\n", number == len(changed)


def _raw(item: Item, kept: tuple[Path, ...]) -> bytes:
    return selection.only(item.raw, kept) if kept else item.raw


def error_message(found: errors.ModelswebError | None) -> bytes:
    """The last message of a stream that is refused from now on."""
    error = found or errors.ForbiddenError("The stream is over.")
    return b'data: {"type":"ERROR","problem":' + msgspec.json.encode(problem.problem(error)) + b"}\n\n"


async def verdict(context: RequestContext, query: VerdictWatch) -> Any:
    """The verdict on an object, whenever it becomes another. Raises AccessDeniedError, NotFoundError."""
    kind = kind_in(context, JUDGED)

    async def admit(context: RequestContext) -> _Audience:
        grant = await context.site.reader.authorize_object(
            context.user, kind, namespace=context.namespace, name=context.name
        )
        return _Audience(grant)

    audience = await admit(context)
    assert isinstance(audience.grant, ObjectGrant)
    await _verdict(context, audience.grant)  # what refuses it is said before the stream begins
    rights = Rights(context, audience, admit=admit)
    return stream(context, limited(_verdicts(context, rights), query.timeout_seconds), rights=rights)


async def _verdicts(context: RequestContext, rights: Rights[_Audience]) -> AsyncGenerator[bytes, None]:
    site, sent = context.site, b""
    with site.reader.object_changes(_granted(rights)) as subscription:
        while not rights.is_lost:
            due, audience = None, rights.audience
            if await rights.paid(audience):
                try:
                    body, due = await _verdict(context, _granted(rights))
                except errors.NotFoundError as error:
                    yield error_message(error)
                    return
                except errors.ModelswebError as error:
                    body, due = sent, site.clock.now() + timedelta(seconds=error.retry_after or 1.0)
                if body != sent and await rights.hold(audience):
                    sent = body
                    yield b'data: {"type":"VERDICT","verdict":' + body + b"}\n\n"
            await asyncio.sleep(_REST_SECONDS)
            await rights.wait(_changed(site, subscription, due=due))
    yield error_message(rights.problem)


def _granted(rights: Rights[_Audience]) -> ObjectGrant:
    grant = rights.audience.grant
    assert isinstance(grant, ObjectGrant)
    return grant


async def _verdict(context: RequestContext, grant: ObjectGrant) -> tuple[bytes, datetime | None]:
    """The verdict, and when it may be another though nothing changed."""
    async with context.site.rate_limit.turn(context.user):
        seen = judged_service(context.site.reader.snapshot(grant), reported=context.site.reports.newest)
        return msgspec.json.encode(of_judged(seen)), seen.verdict.due


async def _changed(site: Site, subscription: Subscription, *, due: datetime | None) -> None:
    seconds = None if due is None else max(0.0, (due - site.clock.now()).total_seconds())
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await subscription.wait()
