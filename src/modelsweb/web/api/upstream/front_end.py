"""Another front end of the same API, from a folder of its built files: the pages that its own router knows begin with its index.html."""

import asyncio
import re
from pathlib import Path

from starlette.responses import HTMLResponse, Response

from modelsweb.config import ConfigError
from modelsweb.web import urls
from modelsweb.web.middleware.endpoint import Entry, Handler
from modelsweb.web.site import RequestContext

SETTING = "MODELSWEB_WEB_UI_FOLDER"
_BASE = re.compile(r"<base\b[^>]*>", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
    )
)
"""It styles elements, and its editor starts workers from what it has loaded."""
_HEADERS = {"Cache-Control": "no-cache, no-store, must-revalidate, max-age=0"}


def entries(folder: str) -> tuple[Entry, ...]:
    """Its pages, which stand before our own; none where no folder is set. Raises ConfigError where the folder has no index.html."""
    if not folder:
        return ()
    index = Path(folder) / "index.html"
    if not index.is_file():
        raise ConfigError(f"{SETTING}: {index} is not there; name the folder with the built front end.")
    return tuple(
        Entry(name=f"foreign_{number}", path=path, handler=_page(index), is_page=False)
        for number, path in enumerate(urls.FOREIGN)
    )


def _page(index: Path) -> Handler:
    async def page(context: RequestContext) -> Response:
        """Read each time, as the files may be replaced; with our address as its base."""
        text = await asyncio.to_thread(index.read_text)
        web = context.site.config.web
        policy = f"{_POLICY}; frame-ancestors {web.frame_ancestors}"
        return HTMLResponse(
            based(text, f"{web.prefix}/"), headers={**_HEADERS, "Content-Security-Policy": policy}
        )

    return page


def based(text: str, address: str) -> str:
    """A page whose addresses are relative to one of ours, whatever base it names."""
    base = f'<base href="{address}">'
    if _BASE.search(text):
        return _BASE.sub(lambda _: base, text, count=1)
    return _HEAD.sub(lambda head: head[0] + base, text, count=1)
