"""Assembles the ASGI application."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from modelsweb import errors
from modelsweb.web.middleware.endpoint import LARGEST_FORM, failure
from modelsweb.web.middleware.security import Prefix, SecurityHeaders
from modelsweb.web.middleware.sending import Sending
from modelsweb.web.routes import routes
from modelsweb.web.site import Site
from modelsweb.web.urls import is_for_programs

_BESIDE_A_FORM = 1024
"""What may come beside the text of a form, its names and its token."""


def build(site: Site) -> ASGIApp:
    """The application for a site."""
    app = Starlette(
        routes=routes(site),
        exception_handlers={
            HTTPException: endpoint_for_http_errors(site),
            ClientDisconnect: on_client_disconnect(site),
            Exception: endpoint_for_bugs(site),
        },
        middleware=[
            Middleware(Sending, rate_limit=site.rate_limit),
            Middleware(_FormLimit, most=LARGEST_FORM * site.config.web.max_bytes + _BESIDE_A_FORM),
        ],
    )
    app.router.redirect_slashes = False  # its redirects know neither the prefix nor https
    web = site.config.web
    return SecurityHeaders(Prefix(app, web.prefix), frame_ancestors=web.frame_ancestors)


class _FormLimit:
    """Limits what a form may be; a program's body is limited where it is read, so that the refusal is one of its API."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        is_free = scope["type"] == "http" and is_for_programs(str(scope["path"]))
        await (self._app if is_free else self._limited)(scope, receive, send)


_ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]


def endpoint_for_http_errors(site: Site) -> _ErrorHandler:
    """Starlette's own errors (no route, wrong method), as ours."""

    async def handle(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        known = (errors.NotFoundError, errors.MethodNotAllowedError, errors.TooLargeError)
        kind = next((one for one in known if one.status == status), errors.BadRequestError)
        path = str(request.scope["path"])
        if (
            kind is errors.NotFoundError
            and request.method == "GET"
            and path.endswith("/")
            and path.strip("/")
            and not is_for_programs(path)
        ):
            query = request.scope["query_string"].decode("latin-1")
            target = site.urls.of(quote(path.rstrip("/"))) + (f"?{query}" if query else "")
            return RedirectResponse(target, 308, {"Cache-Control": "no-store"})
        detail = getattr(error, "detail", "")
        return failure(site, request, error=kind(f"{request.method} {request.scope['path']}: {detail}"))

    return handle


def on_client_disconnect(site: Site) -> _ErrorHandler:
    """A client that went, or was too slow, while it sent its request: nobody reads the answer."""

    async def handle(request: Request, error: Exception) -> Response:
        return failure(site, request, error=errors.BadRequestError("The request was not sent to its end."))

    return handle


def endpoint_for_bugs(site: Site) -> _ErrorHandler:
    """An exception that nobody expected: logged by the server, shown as a page without its trace."""

    async def handle(request: Request, error: Exception) -> Response:
        return failure(
            site, request, error=errors.ModelswebError("An unexpected error; the app's log has the details.")
        )

    return handle
