"""One InferenceService: its logs.

The page around the lines is a screen like every other. The lines come by a stream of their own, merged by the browser:
each message is a batch of one container's log, encoded once for all who look. A viewer who returns after a break names
for each log the place that they have (``have=POD/CONTAINER@STAMP~COUNT``), and gets what follows.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode

import msgspec
from starlette.responses import RedirectResponse, Response

from modelsweb import errors
from modelsweb.gateway.logs import Batch, ContainerLog, LogKey, LogState, Position, Subscription, owner_of
from modelsweb.viewmodels import service_logs
from modelsweb.viewmodels.components import log_query
from modelsweb.viewmodels.components.log_query import LogQuery
from modelsweb.viewmodels.service_logs import GonePod, LogStream, ServiceLogs
from modelsweb.web import service_page, sse
from modelsweb.web.log_cursor import Cut, LogCursor
from modelsweb.web.reauthorization import Rights
from modelsweb.web.service_page import Audience
from modelsweb.web.site import RequestContext, Site

_LOOK_SECONDS = 1.0
_PACE_SECONDS = 0.02
_TURNS = 5
"""So often a log that does not answer is looked at where the browser asks for what there is (``?once=1``)."""


async def admit(context: RequestContext) -> Audience[LogQuery]:
    """What the user may see, and which logs they asked for. Raises AccessDeniedError."""
    return await service_page.admit(context, log_query.parse(context.request.query_params.multi_items()))


def build(site: Site, audience: Audience[LogQuery]) -> ServiceLogs:
    """The page for an audience. Raises NotFoundError."""
    of = service_page.judged(site, audience)
    kept = site.logs.kept(audience.grant, of.service.uid) if audience.rights.logs else ()
    gone = tuple(GonePod(key.pod, key.uid, key.container) for key in kept if not key.previous)
    return service_logs.build(of, audience.query, gone=gone)


PAGE = service_page.tab("service_logs", build, "streams", "state", "ends", admit=admit)


async def page(context: RequestContext) -> Response:
    """The page, or the way to it: to the container at fault where the URL asks for nothing, to the log of a run that it
    names or of which it names a line."""
    audience = await admit(context)
    query = audience.query
    at = context.request.query_params.get("at", "")
    if audience.rights.logs and (query.is_open or query.run or at):
        of = service_page.judged(context.site, audience)
        at_fault = (
            None if at[:1].isdecimal() else service_logs.at_fault(of, query)
        )  # a line of its own is meant
        found = at_fault or service_logs.of_run(of, query, at=at)
        if found is not None:
            given = context.request.query_params.multi_items()
            ours = [(key, value) for key, value in given if key in log_query.OF_THE_BROWSER]
            kept = urlencode([pair for pair in ours if pair[0] != "at" or not found.is_lost])
            target = f"{context.url(context.path)}?{found.encode()}" + (f"&{kept}" if kept else "")
            return RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    return await PAGE.shown(context, audience)


@dataclass(slots=True, kw_only=True)
class _Viewed:
    """A log and how far this viewer has it."""

    stream: LogStream
    log: ContainerLog
    leave: Callable[[], None]
    cursor: LogCursor
    state: tuple[LogState, str] | None = None


async def lines(context: RequestContext) -> Callable[..., Awaitable[None]] | Response:
    """The lines, for as long as the browser listens. Raises AccessDeniedError without the right to ``pods/log``."""
    audience = await _admit_to_lines(context)
    have = dict(_places(context.request.query_params.getlist("have")))
    place = context.site.streams.place(context.user)
    rights = Rights(context, audience, admit=_admit_to_lines)
    return sse.EventStream(
        _messages(context, rights, have=have), context.site.closing, place=place, rights=rights
    )


async def _admit_to_lines(context: RequestContext) -> Audience[LogQuery]:
    await context.site.logs.require(context.user, context.namespace)
    return await admit(context)


def _places(given: Iterable[str]) -> Iterator[tuple[str, Position]]:
    for place in given:
        id_, at, stamp = place.partition("@")
        stamp, _, count = stamp.partition("~")
        if at and stamp and count.isdecimal() and len(count) < 10:
            yield id_, (stamp, int(count))


async def _messages(
    context: RequestContext, rights: Rights[Audience[LogQuery]], *, have: dict[str, Position]
) -> AsyncGenerator[bytes, None]:
    site, audience = context.site, rights.audience
    query = audience.query
    since = ""
    if query.since:
        since = (site.clock.now() - timedelta(seconds=query.since)).strftime("%Y-%m-%dT%H:%M:%S")
    turns = 0
    once = context.request.query_params.get("once") == "1"
    with (
        site.channels.joined(*PAGE.address(context, audience), user=context.user) as channel,
        _View(site, audience, have=have, since=since) as view,
    ):
        while True:
            for message in view.news(channel.state().model):
                if not await rights.hold(audience):
                    break
                yield message
            if not await rights.hold(audience):
                if rights.is_lost:
                    yield sse.encode("", event="close")
                return  # else the browser returns, and is somebody with other rights
            view.leave_ended()
            if once and (all(one.cursor.has_begun for one in view.viewed) or turns >= _TURNS):
                return
            turns += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await view.woken.wait()
                await asyncio.sleep(_PACE_SECONDS)  # several batches go by one wake-up


class _View:
    """The logs that one viewer has open."""

    def __init__(
        self, site: Site, audience: Audience[LogQuery], *, have: dict[str, Position], since: str
    ) -> None:
        self.woken = Subscription()
        self._site = site
        self._grant = audience.grant
        self._have = have
        self._tail = audience.query.tail
        self._since = since
        self._viewed: dict[str, _Viewed] = {}
        self._refused: set[str] = set()
        self._wanted: dict[str, LogStream] = {}
        self._told: tuple[tuple[str, ...], int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._viewed.values():
            one.leave()

    @property
    def viewed(self) -> list[_Viewed]:
        """What is open."""
        return list(self._viewed.values())

    def news(self, model: ServiceLogs | None) -> Iterator[bytes]:
        """What this viewer lacks of all that the page shows now."""
        yield from self._look(model)
        for one in self.viewed:
            yield from _news(one)

    def _look(self, model: ServiceLogs | None) -> Iterator[bytes]:
        """Opens the logs that are new; those whose pod went stay open until all of them has been sent."""
        if model is None:
            return
        self._wanted = {stream.id: stream for stream in model.streams}
        for id_, stream in self._wanted.items():
            known = self._viewed.get(id_)
            if known is not None and known.stream == stream:
                continue
            yield from self._open(stream, model.uid)
            if known is not None and self._viewed[id_] is not known:
                known.leave()
        told = (tuple(self._viewed), model.left_out)
        if told != self._told:
            self._told = told
            yield _event("streams", {"ids": told[0], "left": told[1]})

    def _open(self, stream: LogStream, uid: str) -> Iterator[bytes]:
        key = LogKey(
            namespace=self._grant.ref.namespace,
            service=self._grant.ref.name,
            pod=stream.pod,
            uid=stream.uid,
            container=stream.container,
            previous=stream.previous,
            run=stream.run,
            owner=owner_of(self._grant, uid),
        )
        with ExitStack() as stack:
            try:
                log = stack.enter_context(self._site.logs.joined(self._grant, key, subscription=self.woken))
            except errors.TooManyRequestsError as error:
                if stream.id not in self._refused:
                    self._refused.add(stream.id)
                    yield _event("state", {"s": stream.id, "state": "refused", "problem": error.message})
                return
            self._refused.discard(stream.id)
            leave = stack.pop_all().close
            place = self._have.pop(stream.id, None)
            cursor = LogCursor(log, tail=self._tail, since=self._since, place=place)
            self._viewed[stream.id] = _Viewed(stream=stream, log=log, leave=leave, cursor=cursor)

    def leave_ended(self) -> None:
        """Leaves the logs whose pod is gone and that have been sent to their end."""
        for id_, one in list(self._viewed.items()):
            is_over = one.log.state is LogState.ENDED and one.cursor.is_at_end
            if is_over and id_ not in self._wanted:
                one.leave()
                del self._viewed[id_]


def _news(viewed: _Viewed) -> Iterator[bytes]:
    """What this viewer lacks of a log."""
    log, id_ = viewed.log, viewed.stream.id
    for one in viewed.cursor.news():
        if isinstance(one, Cut):
            yield _event("cut", {"s": id_, "missed": one.missed, **({"gap": True} if one.gap else {})})
        else:
            yield _lines(viewed.stream, one)
    if viewed.cursor.has_begun and viewed.state != (log.state, log.problem):
        viewed.state = (log.state, log.problem)
        yield _event("state", {"s": id_, "state": log.state.value, "problem": log.problem})


def _lines(stream: LogStream, batch: Batch) -> bytes:
    stamp, number = batch.last
    head = f'event: lines\ndata: {{"s":"{stream.id}","at":"{stamp}~{number}","l":['
    return head.encode() + batch.data + b"]}\n\n"


def _event(name: str, data: dict[str, Any]) -> bytes:
    return sse.encode(msgspec.json.encode(data).decode(), event=name)


async def download(context: RequestContext) -> Callable[..., Awaitable[None]]:
    """All that the kubelet still has of the chosen logs, as one file, each after a line that names it."""
    audience = await _admit_to_lines(context)
    model = build(context.site, audience)
    if not model.streams:
        raise errors.NotFoundError("No log fits the choice.")

    async def still(context: RequestContext) -> Audience[LogQuery]:
        if await _admit_to_lines(context) != audience:
            raise errors.ForbiddenError("Your rights are others than when the download began.")
        return audience

    rights = Rights(context, audience, admit=still)
    disposition = f'attachment; filename="{context.namespace}-{context.name}.log"'
    headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-disposition", disposition.encode()),
        (b"cache-control", b"no-store"),
    )
    place = context.site.streams.place(context.user)
    return sse.Streamed(
        _chunks(context, model, rights=rights),
        context.site.closing,
        place=place,
        rights=rights,
        headers=headers,
    )


async def _chunks(
    context: RequestContext, model: ServiceLogs, *, rights: Rights[Audience[LogQuery]]
) -> AsyncGenerator[bytes, None]:
    for stream in model.streams:
        if len(model.streams) > 1:
            yield f"==> {stream.id} <==\n".encode()
        try:
            async with context.site.logs.download(
                context.user,
                context.namespace,
                pod=stream.pod,
                container=stream.container,
                previous=stream.previous,
            ) as chunks:
                async for chunk in chunks:
                    if not await rights.paid(rights.audience):
                        return
                    yield chunk
        except errors.ModelswebError as error:
            yield f"[{error.message}]\n".encode()
