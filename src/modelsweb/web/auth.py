"""Who is asking: the header that the proxy in front sets."""

from starlette.requests import Request

from modelsweb.config import AuthConfig
from modelsweb.errors import UnauthenticatedError
from modelsweb.gateway.access import User

ANONYMOUS = User("anonymous", is_reviewed=False)


def identify(request: Request, config: AuthConfig) -> User:
    """The user of a request. Raises UnauthenticatedError where nobody, or more than one, is named."""
    if config.is_disabled:
        return ANONYMOUS
    values = request.headers.getlist(config.userid_header)
    if len(values) > 1:
        raise UnauthenticatedError(f"The header {config.userid_header} was sent more than once.")
    name = values[0].removeprefix(config.userid_prefix).strip() if values else ""
    if not name:
        raise UnauthenticatedError(f"The header {config.userid_header}, which names the user, is missing.")
    return User(name)
