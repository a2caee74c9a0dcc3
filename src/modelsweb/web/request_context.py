"""From a request to its context and back: who, in which language and theme, with which token; errors become answers."""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from modelsweb import errors
from modelsweb.gateway import audit
from modelsweb.gateway.access import User
from modelsweb.objects.kind import is_name
from modelsweb.web import auth, csrf, form
from modelsweb.web.cookies import cookie
from modelsweb.web.csrf import CsrfError
from modelsweb.web.errors import respond
from modelsweb.web.site import Language, RequestContext, Site, Theme

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


LANGUAGE_COOKIE = "modelsweb-language"
THEME_COOKIE = "modelsweb-theme"
LARGEST_FORM = 3
"""Percent-encoding can make a text three times as long; what is longer than that is not even read."""
_YEAR = 31_536_000
_SAFE = {"GET", "HEAD"}
_SHOWN = 80
_QUALITY = re.compile(r"[01](?:\.\d{0,3})?")
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
            context = _open(site, request, user=await auth.identify(request, site))
            request.state.user = context.user
            with site.rate_limit.request(context.user, is_write=request.method not in _SAFE):
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
            if not cookie(request, csrf.COOKIE):
                csrf.remember(response, context.csrf_token, config=site.config.web)
        return response

    return handle


async def _handled(context: RequestContext, entry: Entry) -> Any:
    """The handler's answer; nothing that was sent is read before it is known to come from one of our pages."""
    is_write = context.request.method not in _SAFE
    if is_write:
        form.check_head(context.request)
    _check_names(context)
    if is_write:
        context = replace(context, form=await form.read(context.request))
    if entry.is_page:
        context = replace(context, namespaces=await _namespaces(context))
    if not is_write and (chosen := _choice(context)) is not None:
        return chosen
    return await entry.handler(context)


def failure(site: Site, request: Request, *, error: errors.ModelswebError) -> Response:
    """The answer where no handler could be called, or where it broke: reads and asks nothing more."""
    user: User = getattr(request.state, "user", auth.ANONYMOUS)
    context = RequestContext(
        site=site,
        request=request,
        user=user,
        language=language_of(request),
        theme=_theme_of(request),
        csrf_token=csrf.token_of(request),
    )
    return respond(site, context, request=request, error=error)


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
        language=language_of(request),
        theme=_theme_of(request),
        csrf_token=csrf.token_of(request),
    )


def language_of(request: Request) -> Language:
    """The language: chosen before, else the first of the browser's that we have, else English."""
    chosen = cookie(request, LANGUAGE_COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    accepted = [_accepted(part) for part in request.headers.get("accept-language", "").split(",")]
    # Sorting is stable: of equal quality the first is meant.
    for quality, tag in sorted(accepted, key=lambda one: one[0], reverse=True):
        if quality > 0 and tag.startswith("zh"):
            return Language.CHINESE
        if quality > 0 and tag.startswith("en"):
            return Language.ENGLISH
    return Language.ENGLISH


def _accepted(part: str) -> tuple[float, str]:
    """Quality and tag of one language of a browser's; 1 where it says none, 0 where what it says is nonsense."""
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.partition("=")
    if not parameter.strip():
        return 1.0, tag.strip().lower()
    found = _QUALITY.fullmatch(value.strip()) if name.strip().lower() == "q" else None
    return (float(found[0]) if found else 0.0), tag.strip().lower()


def _theme_of(request: Request) -> Theme:
    chosen = cookie(request, THEME_COOKIE)
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM


def _choice(context: RequestContext) -> Response | None:
    """``?lang=`` and ``?theme=`` are remembered, and lead back to the same page without them."""
    query = context.request.query_params
    chosen: dict[str, tuple[str, set[str]]] = {
        LANGUAGE_COOKIE: ("lang", set(Language)),
        THEME_COOKIE: ("theme", set(Theme)),
    }
    found = {cookie: query[key] for cookie, (key, values) in chosen.items() if query.get(key) in values}
    if not found:
        return None
    rest = [(key, value) for key, value in query.multi_items() if key not in {"lang", "theme"}]
    target = context.url(context.path) + (f"?{urlencode(rest)}" if rest else "")
    response = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    web = context.site.config.web
    for name, value in found.items():
        response.set_cookie(
            name,
            value,
            max_age=_YEAR,
            path=web.prefix or "/",
            secure=web.secure_cookies,
            samesite="lax",
            httponly=True,
        )
    return response
