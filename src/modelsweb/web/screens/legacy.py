"""Addresses of KServe's former web app, so that bookmarks still work."""

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from modelsweb.web.site import Visit


async def details(visit: Visit) -> Response:
    """``/details/NAMESPACE/NAME``."""
    return RedirectResponse(visit.urls.service(visit.namespace, visit.name), 301)


async def new(visit: Visit) -> Response:
    """``/new``: the namespace has to be chosen first."""
    return RedirectResponse(visit.urls.start(), 301)


async def service(visit: Visit) -> Response:
    """Where the page of a service, or a part of it, was before; the query stays."""
    rest, query = str(visit.request.path_params["rest"]), visit.request.url.query
    target = visit.urls.service(visit.namespace, quote(rest))
    return RedirectResponse(f"{target}?{query}" if query else target, 301)
