"""From an error to a page, JSON or a live message. No stack trace ever leaves the app."""

import logging

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.operations.problems import problem_of
from modelsweb.viewmodels.components.sentences import explain
from modelsweb.web import problem, urls
from modelsweb.web.rendering import translator
from modelsweb.web.site import RequestContext, Site

log = logging.getLogger(__name__)


def form_status(*, is_refused: bool, is_unavailable: bool = False) -> int:
    """The status of a form that comes back to its user: as that of an error, where it is one."""
    if is_unavailable:
        return errors.UnavailableError.status
    return errors.InvalidError.status if is_refused else 200


def wants_json(request: Request) -> bool:
    """The answer goes to a program."""
    path = str(request.scope["path"])
    return urls.is_for_programs(path) or path.endswith(".json")


def respond(
    site: Site, context: RequestContext | None, *, request: Request, error: errors.ModelswebError
) -> Response:
    """The answer for an error, in the form that was asked for."""
    if error.status >= 500 and not error.retryable:
        log.error("%s %s: %s", request.method, request.scope["path"], error.message)
    headers = {"Cache-Control": "no-store"}
    if error.retry_after:
        headers["Retry-After"] = str(int(error.retry_after) or 1)
    if urls.is_v1(str(request.scope["path"])):
        return problem.of_error(error, headers=headers)
    if wants_json(request) or context is None:
        return _json(error, headers, user=None if context is None else name_of(context.user))
    title, sentence = explain(problem_of(error))
    html = site.renderer.page(context, "errors/error.html", title=title, sentence=sentence, error=error)
    return HTMLResponse(html, error.status, headers)


def name_of(user: User) -> str | None:
    """Whom an answer to a program names; None where nobody is asked who they are."""
    return user.name if user.is_reviewed else None


def _json(error: errors.ModelswebError, headers: dict[str, str], *, user: str | None) -> Response:
    body = {
        "success": False,
        "user": user,
        "status": error.status,
        "reason": error.reason,
        "log": error.message,
        "causes": [
            {"field": cause.field, "reason": cause.reason, "message": cause.message} for cause in error.causes
        ],
    }
    return Response(msgspec.json.encode(body), error.status, headers, "application/json")


def live_message(context: RequestContext, error: errors.ModelswebError) -> str:
    """What a page shows while its stream has nothing to say: a strip, and that it is not live."""
    title, sentence = explain(problem_of(error))
    words = translator(context.language)
    html = context.site.renderer.page(
        context,
        "components/strip.html",
        mood="danger",
        icon="failed",
        title=words.say(title),
        sentence=words.say(sentence),
    )
    state = "stale"
    if isinstance(error, errors.ForbiddenError):
        state = "lost"
    elif isinstance(error, errors.NotFoundError):
        state = "gone"
    freshness = context.site.renderer.page(context, "components/stale.html", freshness=state)
    return (
        f'<hx-partial hx-target="#notice" hx-swap="innerHTML">{html}</hx-partial>'
        f'<hx-partial hx-target="#freshness" hx-swap="outerMorph">{freshness}</hx-partial>'
    )
