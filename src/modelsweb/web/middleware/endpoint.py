"""From a request to its context and back: who, in which language and theme, with which token; errors become answers."""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway import audit
from modelsweb.gateway.access import User
from modelsweb.objects.kind import is_name
from modelsweb.web.errors import respond
from modelsweb.web.middleware import body, csrf, form, identity, locale
from modelsweb.web.middleware.cookies import cookie
from modelsweb.web.middleware.csrf import CsrfError
from modelsweb.web.site import RequestContext, Site

Handler = Callable[[RequestContext], Awaitable[Any]]


class Entry(NamedTuple):
    """One line of the URL map: a name, a path below the prefix, what answers there and to which method.

    Only a page pays for what stands around it, such as the namespaces to choose from.
    """

    name: str
    path: str
    handler: Handler
    method: str = "GET"
    is_page: bool = True
    is_write: bool = True
    """What is sent with a form may change something; else it is only looked at."""
    is_for_programs: bool = False
    """Takes JSON in place of forms, and gives no browser a token."""
    takes: tuple[str, ...] = ()
    """The media types of what a program sends; none where it sends nothing."""
    refuses_media: type[errors.ModelswebError] = errors.BadRequestError
    """What is raised for any other."""


LARGEST_FORM = 3
"""Percent-encoding can make a text three times as long; what is longer than that is not even read."""
_SAFE = {"GET", "HEAD"}
_SHOWN = 80
_REQUEST_ID = re.compile(r"[\w.-]{1,128}")


def endpoint(site: Site, entry: Entry) -> Callable[[Request], Awaitable[Any]]:
    """A handler as Starlette calls it."""
    answer = _answer(site, entry)

    async def handle(request: Request) -> Any:
        started = site.clock.monotonic()
        audit.request.set(_request_id(request))
        response = await answer(request)
        status = response.status_code if isinstance(response, Response) else 200
        site.instrumentation.answered(
            entry.name, request.method, status=status, seconds=site.clock.monotonic() - started
        )
        return response

    return handle


def _request_id(request: Request) -> str:
    """The id that the proxy in front gave the request, where it is one; else a new one."""
    given = request.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _answer(site: Site, entry: Entry) -> Callable[[Request], Awaitable[Any]]:
    async def handle(request: Request) -> Any:
        context: RequestContext | None = None
        try:
            context = _open(site, request, user=await identity.identify(request, site))
            request.state.user = context.user
            with site.rate_limit.request(
                context.user, is_write=entry.is_write and request.method not in _SAFE
            ):
                response = await _handled(context, entry)
        except errors.UnauthenticatedError as error:
            site.strangers.turned_away(request.method, request.url.path, reason=error.reason)
            response = failure(site, request, error=error)
        except errors.ModelswebError as error:
            if isinstance(error, CsrfError | errors.TooManyRequestsError) and context is not None:
                audit.turned_away(
                    context.user.name, request.method, path=request.url.path, reason=error.reason
                )
            is_flood = (
                isinstance(error, errors.TooManyRequestsError)
                and context is not None
                and not await site.rate_limit.hold(context.user)
            )
            response = respond(site, None if is_flood else context, request=request, error=error)
        if isinstance(response, Response) and context is not None:
            response.headers.setdefault("Cache-Control", "no-store")  # all of it is one user's
            if not entry.is_for_programs and not cookie(request, csrf.COOKIE):
                csrf.remember(response, context.csrf_token, config=site.config.web)
        return response

    return handle


async def _handled(context: RequestContext, entry: Entry) -> Any:
    """The handler's answer; nothing that was sent is read before it is known to come from one of our pages."""
    request, is_write = context.request, context.request.method not in _SAFE
    if entry.is_for_programs:
        return await _for_program(context, entry)
    if is_write:
        form.check_head(request)
    _check_names(context)
    if is_write:
        context = replace(context, form=await form.read(request))
    if entry.is_page:
        context = replace(context, namespaces=await _namespaces(context))
    if not is_write and (chosen := locale.choice(context)) is not None:
        return chosen
    return await entry.handler(context)


async def _for_program(context: RequestContext, entry: Entry) -> Any:
    request = context.request
    if request.method not in _SAFE:
        csrf.check_program(request, userid_header=context.site.config.auth.userid_header)
        if entry.takes:
            body.check_head(request, takes=entry.takes, refusal=entry.refuses_media)
    _check_names(context)
    if entry.takes:
        context = replace(
            context, body=await body.read(request, most=LARGEST_FORM * context.site.config.web.max_bytes)
        )
    return await entry.handler(context)


def failure(site: Site, request: Request, *, error: errors.ModelswebError) -> Response:
    """The answer where no handler could be called, or where it broke: reads and asks nothing more."""
    user: User = getattr(request.state, "user", identity.ANONYMOUS)
    return respond(site, _open(site, request, user=user), request=request, error=error)


def _check_names(context: RequestContext) -> None:
    for name in filter(None, (context.namespace, context.name)):
        if not is_name(name):
            raise errors.NotFoundError(f"{name[:_SHOWN]!r} is not a name that Kubernetes allows.")


async def _namespaces(context: RequestContext) -> tuple[str, ...] | None:
    """What the selector offers. It is no reason to fail: where the cluster is away, the page will say so."""
    try:
        return await context.site.authorization.namespaces(context.user)
    except errors.ModelswebError:
        return None


def _open(site: Site, request: Request, *, user: User) -> RequestContext:
    return RequestContext(
        site=site,
        request=request,
        user=user,
        language=locale.language_of(request),
        theme=locale.theme_of(request),
        csrf_token=csrf.token_of(request),
    )
