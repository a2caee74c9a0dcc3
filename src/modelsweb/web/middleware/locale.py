"""In which language and theme a page is shown; a choice of either is kept in a cookie."""

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from modelsweb.web.middleware.cookies import cookie
from modelsweb.web.site import Language, RequestContext, Theme

LANGUAGE_COOKIE = "modelsweb-language"
THEME_COOKIE = "modelsweb-theme"
_YEAR = 31_536_000
_QUALITY = re.compile(r"[01](?:\.\d{0,3})?")


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


def theme_of(request: Request) -> Theme:
    """The theme: chosen before, else the machine's."""
    chosen = cookie(request, THEME_COOKIE)
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM


def choice(context: RequestContext) -> Response | None:
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
