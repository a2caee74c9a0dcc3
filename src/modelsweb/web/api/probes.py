"""Probes for the kubelet: no user, no cluster call."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from modelsweb.web.site import Site


async def liveness(_: Request) -> Response:
    """The process answers."""
    return JSONResponse("alive")


def readiness(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The handler that says ready only once the cluster has been read."""

    async def handle(_: Request) -> Response:
        is_ready = site.reader.is_synced and not site.closing.is_set()
        return JSONResponse("ready" if is_ready else "not ready", 200 if is_ready else 503)

    return handle
