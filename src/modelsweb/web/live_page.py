"""A page from one declaration: whole, as JSON, and live.

A live page names its template and the blocks of it that change. ``admit`` finds out what the user may see: their audience.
All who are in the same audience share one channel, so what they see is built and rendered once, for the page as for the
stream. ``page``, ``data`` and ``live`` follow, and the ``routes`` to them.

While a stream is open its user's rights are reviewed again and again (``web/reauthorization.py``); who loses them is told and let
go. An object that goes ends the stream too. While the cluster does not answer the page says so, and is told once it does.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.text import Text
from modelsweb.web import sse
from modelsweb.web.channel import Changes, Channel, State
from modelsweb.web.errors import live_message
from modelsweb.web.middleware.endpoint import Entry
from modelsweb.web.reauthorization import Rights
from modelsweb.web.rendering import Translator, translator
from modelsweb.web.site import Language, RequestContext, Site

Audience = TypeVar("Audience", bound=Hashable)
ViewModel = TypeVar("ViewModel")

_NO_NOTICE = '<hx-partial hx-target="#notice" hx-swap="innerHTML"></hx-partial>'
_NO_STORE = {"Cache-Control": "no-store"}


class _OverError(Exception):
    """What the stream shows is gone, and it has said so."""


def _no_rows(model: Any, now: datetime) -> Iterable[tuple[str, Any]]:
    return ()


def _never_equal(model: Any) -> object:
    return object()


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage(Generic[Audience, ViewModel]):
    """One page; see the module's text. ``fragments`` are blocks, each the element whose id is its name.

    ``keep`` gives what builds the view model, again and again for as long as somebody looks; ``each_time`` is for one that
    keeps nothing. ``rows`` gives key and view of each row of the page's table; the block ``row`` renders one. ``frame`` is what of the
    view model the fragments show: while it is equal they are not rendered again. ``pause_seconds``: at least so many seconds lie between two
    renderings; a page that is rendered whole each time needs more than one of whose rows only those that changed are.
    """

    name: str
    admit: Callable[[RequestContext], Awaitable[Audience]]
    keep: Callable[[Site, Audience], Callable[[], ViewModel]]
    changes: Callable[[Site, Audience], AbstractContextManager[Changes]]
    fragments: tuple[str, ...]
    rows: Callable[[ViewModel, datetime], Iterable[tuple[str, Any]]] = _no_rows
    frame: Callable[[ViewModel], object] = _never_equal
    pause_seconds: float = 0.5

    @property
    def template(self) -> str:
        """The page's template."""
        return f"pages/{self.name}.html"

    def routes(
        self, path: str, *, name: str = "", parts: str = "", has_data: bool = True
    ) -> tuple[Entry, ...]:
        """The page at a path below the prefix, its JSON and its stream; these stand below ``parts`` where ``live`` could be
        an object's name. ``name`` is that of the page's route, by default the page's own."""
        name = name or self.name
        data = (
            (Entry(name=f"{name}_data", path=f"{path}.json", handler=self.data, is_page=False),)
            if has_data
            else ()
        )
        return (
            *data,  # before the page, whose last part may match anything
            Entry(name=name, path=path, handler=self.page),
            Entry(name=f"{name}_live", path=f"{path}{parts}/live", handler=self.live, is_page=False),
        )

    async def page(self, context: RequestContext) -> Response:
        """The whole page."""
        return await self.shown(context, await self.admit(context))

    async def shown(self, context: RequestContext, audience: Audience) -> Response:
        """The whole page, for an audience that is admitted."""
        async with context.site.rate_limit.turn(context.user):
            channel = self._channel(context, audience)
            state = _usable(channel.state())
            html = context.site.renderer.page(
                context, self.template, model=state.model, state=state, state_id=channel.id_of(state)
            )
        return HTMLResponse(html, headers=_NO_STORE)

    async def data(self, context: RequestContext) -> Response:
        """The view model as JSON, sentences in the user's language."""
        audience = await self.admit(context)
        async with context.site.rate_limit.turn(context.user):
            model = self.keep(context.site, audience)()
            body = msgspec.json.encode(localized(model, translator(context.language)))
        return Response(body, headers=_NO_STORE, media_type="application/json")

    async def live(self, context: RequestContext) -> Callable[..., Awaitable[None]] | Response:
        """The stream of what changes; refused like the page where the user may not see it.

        ``?once=1`` gives what there is to say and ends: for those behind a proxy that holds streams back.
        """
        audience = await self.admit(context)
        once = context.request.query_params.get("once") == "1"
        async with context.site.rate_limit.turn(context.user):
            channel = self._channel(context, audience)
            state = _usable(channel.state())
            if once:
                body = channel.message(channel.recall(_last_seen(context)), state)
                return Response(body, headers=_NO_STORE, media_type="text/event-stream")
        rights = Rights(context, audience, admit=self.admit)
        return sse.EventStream(
            self._messages(context, rights),
            context.site.closing,
            place=context.site.streams.place(context.user),
            rights=rights,
        )

    def _channel(self, context: RequestContext, audience: Audience) -> Channel:
        return context.site.channels.channel(*self.address(context, audience))

    def address(
        self, context: RequestContext, audience: Audience
    ) -> tuple[Hashable, Callable[[], "_Source"]]:
        """Key and source of the channel that an audience shares, as ``Channels.joined`` takes them."""
        site, language = context.site, context.language
        return (self.name, language, audience), lambda: _Source(
            page=self,
            site=site,
            language=language,
            audience=audience,
            build=self.keep(site, audience),
        )

    async def _messages(
        self, context: RequestContext, rights: Rights[Audience]
    ) -> AsyncGenerator[bytes, None]:
        seen_name = _last_seen(context)
        while not rights.is_lost:
            audience = rights.audience
            with context.site.channels.joined(*self.address(context, audience), user=context.user) as channel:
                seen = channel.recall(seen_name)
                try:
                    async for message in self._follow(context, rights, channel=channel, seen=seen):
                        yield message
                except _OverError:
                    return
            seen_name = ""
        if rights.problem is not None:
            yield sse.encode(live_message(context, rights.problem))
        yield sse.encode("", event="close")

    async def _follow(
        self, context: RequestContext, rights: Rights[Audience], *, channel: Channel, seen: State | None
    ) -> AsyncGenerator[bytes, None]:
        """The messages of one channel; ends where the user's rights are no longer those of its audience."""
        audience, is_troubled, is_unsure = rights.audience, False, False
        while not rights.is_lost and rights.audience == audience:
            state = channel.state()
            if rights.problem is not None:
                # Nothing new is shown to somebody whose rights could not be reviewed.
                if not is_unsure:
                    yield sse.encode(live_message(context, rights.problem))
                seen, is_troubled, is_unsure = None, True, True
            elif state.error is not None:
                yield sse.encode(live_message(context, state.error))
                if isinstance(state.error, errors.NotFoundError | errors.ForbiddenError):
                    yield sse.encode("", event="close")
                    raise _OverError
                seen, is_troubled = None, True
            else:
                mended = sse.encode(_NO_NOTICE) if is_troubled else b""
                is_troubled = is_unsure = False
                news = channel.message(seen, state) if state is not seen else b""
                if mended or news:
                    yield mended + news
                seen = state
            await rights.wait(channel.newer(state))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a channel of this page shows."""

    page: LivePage[Any, Any]
    site: Site
    language: Language
    audience: Any
    build: Callable[[], Any]

    @property
    def pause_seconds(self) -> float:
        return self.page.pause_seconds

    def changes(self) -> AbstractContextManager[Changes]:
        return self.page.changes(self.site, self.audience)

    def model(self) -> Any:
        return self.build()

    def frame(self, model: Any) -> object:
        return self.page.frame(model)

    def fragments(self, model: Any) -> dict[str, str]:
        return self.site.renderer.fragments(
            self.site, self.language, template=self.page.template, names=self.page.fragments, model=model
        )

    def rows(self, model: Any) -> Iterable[tuple[str, Any]]:
        return self.page.rows(model, self.site.clock.now())

    def row(self, model: Any, view: Any) -> str:
        rendered = self.site.renderer.fragments(
            self.site, self.language, template=self.page.template, names=("row",), model=model, view=view
        )
        return rendered["row"]


def each_time(
    build: Callable[[Site, Audience], ViewModel],
) -> Callable[[Site, Audience], Callable[[], ViewModel]]:
    """For a page that is built from nothing each time."""
    return lambda site, audience: lambda: build(site, audience)


def _usable(state: State) -> State:
    if state.error is not None:
        raise errors.bare(state.error)
    return state


def _last_seen(context: RequestContext) -> str:
    return context.request.headers.get("last-event-id") or context.request.query_params.get("seen", "")


def localized(value: Any, words: Translator) -> Any:
    """A view model as plain values, each Text as its sentence; fields that are not shown in a repr are left out."""
    if isinstance(value, Text):
        return words.plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: localized(getattr(value, item.name), words) for item in fields(value) if item.repr}
    if isinstance(value, Mapping):
        return {str(key): localized(item, words) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [localized(item, words) for item in value]
    return value
