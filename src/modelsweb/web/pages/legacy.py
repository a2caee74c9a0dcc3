"""Addresses that pages had before, also in KServe's former web app: they lead to where those are now."""

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from modelsweb.web.middleware.endpoint import Handler
from modelsweb.web.site import RequestContext


def moved(path: str) -> Handler:
    """A handler that leads to a path of ours, with what stood in the address before; the query stays."""

    async def handle(context: RequestContext) -> Response:
        given = context.request.path_params
        target = context.url(path.format_map({name: quote(str(value)) for name, value in given.items()}))
        query = context.request.url.query
        joint = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{joint}{query}" if query else target, 301)

    return handle
