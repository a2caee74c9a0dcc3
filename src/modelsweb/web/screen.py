"""A page from one declaration: whole, as JSON, and live.

A screen names its template, the kind and namespace whose changes matter to it, how its view model is loaded, and
which blocks of the template change. ``page``, ``data`` and ``live`` follow from that. The stream carries fragments:
whenever something changed, the view model is built anew, with a new look at the user's rights, and the fragments whose
HTML differs from what was sent are sent. While the cluster does not answer the page says so, and is told
anew once it does; a user who loses the right, or an object that goes, ends the stream.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.objects.kind import Kind
from modelsweb.text import Text
from modelsweb.web import sse
from modelsweb.web.errors import live_message
from modelsweb.web.rendering import Translator, translator
from modelsweb.web.site import Visit

ViewModel = TypeVar("ViewModel")

_SETTLE_SECONDS = 0.05
_TICK_SECONDS = 20.0
_RETRY_SECONDS = 1.0
_NO_NOTICE = '<hx-partial hx-target="#notice" hx-swap="innerHTML"></hx-partial>'


@dataclass(frozen=True, slots=True)
class Screen(Generic[ViewModel]):
    """One page; see the module's text. ``fragments`` are blocks, each the element whose id is its name."""

    name: str
    kind: Kind
    load: Callable[[Visit], Awaitable[ViewModel]]
    fragments: tuple[str, ...]

    @property
    def template(self) -> str:
        """The page's template."""
        return f"screens/{self.name}.html"

    async def page(self, visit: Visit) -> Response:
        """The whole page."""
        model = await self.load(visit)
        html = visit.site.renderer.page(visit, self.template, model=model)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def data(self, visit: Visit) -> Response:
        """The view model as JSON, sentences in the user's language."""
        model = await self.load(visit)
        body = msgspec.json.encode(_said(model, translator(visit.language)))
        return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")

    async def live(self, visit: Visit) -> Callable[..., Awaitable[None]]:
        """The stream of changed fragments; refused like the page where the user may not see it."""
        await self.load(visit)
        return sse.EventStream(self._messages(visit), visit.site.closing)

    async def _messages(self, visit: Visit) -> AsyncGenerator[bytes, None]:
        sent: dict[str, str] = {}
        is_troubled = False
        with visit.site.reader.changes(self.kind, visit.namespace) as changes:
            while True:
                try:
                    model = await self.load(visit)
                except (errors.ForbiddenError, errors.NotFoundError) as error:
                    yield sse.encode(live_message(visit, error))
                    yield sse.encode("", event="close")
                    return
                except errors.ModelswebError as error:
                    if not is_troubled:
                        yield sse.encode(live_message(visit, error))
                        sent, is_troubled = {}, True
                    await asyncio.sleep(error.retry_after or _RETRY_SECONDS)
                    continue
                if is_troubled:
                    yield sse.encode(_NO_NOTICE)
                    is_troubled = False
                rendered = visit.site.renderer.fragments(visit, self.template, self.fragments, model=model)
                changed = {name: html for name, html in rendered.items() if sent.get(name) != html}
                if changed:
                    yield sse.encode("".join(_partial(name, html) for name, html in changed.items()))
                    sent.update(changed)
                try:
                    await asyncio.wait_for(changes.wait(), _TICK_SECONDS)
                except TimeoutError:
                    continue  # nothing changed but the time: ages are written anew
                await asyncio.sleep(_SETTLE_SECONDS)


def _said(value: Any, words: Translator) -> Any:
    """A view model as plain values, each Text as its sentence."""
    if isinstance(value, Text):
        return words.plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _said(getattr(value, item.name), words) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _said(item, words) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_said(item, words) for item in value]
    return value


def _partial(name: str, html: str) -> str:
    return f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{html}</hx-partial>'
