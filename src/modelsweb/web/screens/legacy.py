"""Addresses of KServe's former web app, so that bookmarks still work."""

from starlette.responses import RedirectResponse, Response

from modelsweb.web.site import Visit


async def details(visit: Visit) -> Response:
    """``/details/NAMESPACE/NAME``."""
    return RedirectResponse(visit.url(f"/n/{visit.namespace}/isvc/{visit.name}"), 301)


async def new(visit: Visit) -> Response:
    """``/new``: the namespace has to be chosen first."""
    return RedirectResponse(visit.url("/"), 301)
