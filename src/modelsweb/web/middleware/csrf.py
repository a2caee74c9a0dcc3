"""No other site may write in the user's name.

A token in a cookie that our own pages can read must come back with every write, as the header ``X-XSRF-TOKEN`` or as
the first field of the form, ``csrf_token``; other sites can send the cookie but not read it. Where the browser says from where a
request comes, that is checked too.
"""

import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from modelsweb.config import WebConfig
from modelsweb.errors import Code, ForbiddenError
from modelsweb.web.middleware.cookies import cookie

COOKIE = "XSRF-TOKEN"
HEADER = "X-XSRF-TOKEN"
FIELD = "csrf_token"
PROGRAM = "X-Requested-By"


class CsrfError(ForbiddenError):
    """The write did not prove that it comes from one of our pages."""

    code = Code.UNTRUSTED_PAGE
    reason = "Csrf"


def token_of(request: Request) -> str:
    """The browser's token; a new one where it has none."""
    return cookie(request, COOKIE) or secrets.token_urlsafe(32)


def check_program(request: Request, *, userid_header: str) -> None:
    """Raises CsrfError for a write of a program that another site could have had a browser send.

    A browser sends neither a bearer token nor a header of a name of its own to another site unasked; the token of our pages does
    as well.
    """
    _check_foreign(request)  # a proxy may make a token of a browser's session
    scheme = request.headers.get("authorization", "").partition(" ")[0]
    if scheme.lower() == "bearer" and userid_header not in request.headers:
        return
    if request.headers.get(PROGRAM):
        return
    if not cookie(request, COOKIE):
        raise CsrfError(f"Send the header {PROGRAM}, or the cookie {COOKIE} with the header {HEADER}.")
    if not check_header(request):
        raise CsrfError(f"Send the header {PROGRAM}, or the header {HEADER} with the value of {COOKIE}.")


def check_origin(request: Request) -> None:
    """Raises CsrfError where the head of a request says that it is not one of our pages', or has no cookie."""
    _check_foreign(request)
    if not cookie(request, COOKIE):
        raise CsrfError(
            f"The cookie {COOKIE} is missing. Over plain http the browser keeps no secure cookies: "
            "set APP_SECURE_COOKIES=False, or use https."
        )


def _check_foreign(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise CsrfError(f"The request comes from another site (Sec-Fetch-Site: {site}).")
    origin = request.headers.get("origin")
    if site is None and origin is not None and _host(origin) not in _hosts(request):
        raise CsrfError(f"The request comes from another site (Origin: {origin}).")


def check_header(request: Request) -> bool:
    """Whether the token came as a header. Raises CsrfError where it did and is wrong."""
    sent = request.headers.get(HEADER)
    if sent:
        _compare(request, sent)
    return bool(sent)


def check_field(request: Request, sent: str) -> None:
    """Raises CsrfError where a form does not begin with the right token."""
    if not sent:
        raise CsrfError(f"Neither the header {HEADER} nor, as the form's first field, {FIELD} was sent.")
    _compare(request, sent)


def _compare(request: Request, sent: str) -> None:
    if not secrets.compare_digest(cookie(request, COOKIE).encode(), sent.encode()):
        raise CsrfError(
            f"The token that was sent is not the one in the cookie {COOKIE}. Load the page again."
        )


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as http://[
        return ""


def _hosts(request: Request) -> set[str]:
    """What the browser may have called us: the proxy in front can have put another name into Host."""
    forwarded = request.headers.get("x-forwarded-host", "")
    return {request.headers.get("host", ""), *(name.strip() for name in forwarded.split(","))} - {""}


def remember(response: Response, token: str, *, config: WebConfig) -> None:
    """Gives the browser its token."""
    response.set_cookie(
        COOKIE,
        token,
        path=config.prefix or "/",
        secure=config.secure_cookies,
        samesite=config.csrf_samesite.lower(),  # type: ignore[arg-type]
    )
