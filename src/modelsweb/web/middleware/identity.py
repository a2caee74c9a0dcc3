"""Who is asking: the headers that the proxy in front sets, or, where there is none, a token that the cluster reviews."""

from starlette.requests import Request

from modelsweb.errors import UnauthenticatedError
from modelsweb.gateway.access import User
from modelsweb.web.site import RequestContext, Site

ANONYMOUS = User("anonymous", is_reviewed=False)


async def identify(request: Request, site: Site) -> User:
    """The user of a request. Raises UnauthenticatedError where nobody, or more than one, is named."""
    config = site.config.auth
    if config.is_disabled:
        return ANONYMOUS
    if config.tokens:  # there is no proxy whose headers could be believed
        if (user := await _by_token(request, site)) is None:
            raise UnauthenticatedError("No bearer token was sent, or the cluster does not know it.")
        return user
    sent = _single(request, config.userid_header)
    if sent and not sent.startswith(config.userid_prefix):
        raise UnauthenticatedError(
            f"The header {config.userid_header} does not begin with {config.userid_prefix!r}."
        )
    name = sent.removeprefix(config.userid_prefix).strip()
    if not name:
        raise UnauthenticatedError(f"The header {config.userid_header}, which names the user, is missing.")
    return User(name, _groups(request, config.groups_header))


async def confirm(context: RequestContext) -> None:
    """Sees to it that an open stream is still its user's: a token may have ended. Raises UnauthenticatedError."""
    if await identify(context.request, context.site) != context.user:
        raise UnauthenticatedError("The request no longer stands for the user who opened this.")


async def _by_token(request: Request, site: Site) -> User | None:
    scheme, _, token = _single(request, "Authorization").partition(" ")
    return (
        await site.authorization.user_of(token.strip())
        if scheme.lower() == "bearer" and token.strip()
        else None
    )


def _groups(request: Request, header: str) -> tuple[str, ...]:
    if not header:
        return ()
    # Kubernetes' own groups are not a proxy's to give: system:masters may do everything.
    given = (group.strip() for value in request.headers.getlist(header) for group in _text(value).split(","))
    return tuple(dict.fromkeys(filter(_is_group, given)))


def _is_group(name: str) -> bool:
    return bool(name) and not name.startswith("system:")


def _single(request: Request, header: str) -> str:
    """A header's value, empty where it is not there. One that was sent twice was not set by the proxy alone."""
    values = request.headers.getlist(header)
    if len(values) > 1:
        raise UnauthenticatedError(f"The header {header} was sent more than once.")
    return _text(values[0]) if values else ""


def _text(value: str) -> str:
    """A header's value as it is meant: proxies write names in UTF-8, and HTTP reads bytes as Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
