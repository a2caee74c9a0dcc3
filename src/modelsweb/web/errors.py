"""One table: from an error to a page, JSON or a live message. No stack trace ever leaves the app."""

import logging

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.text import Text, text
from modelsweb.web.csrf import CsrfError
from modelsweb.web.rendering import translator
from modelsweb.web.site import Site, Visit

log = logging.getLogger(__name__)


_SAID: tuple[
    tuple[type[errors.ModelswebError] | tuple[type[errors.ModelswebError], ...], Text, Text], ...
] = (
    (
        CsrfError,
        text("Request rejected"),
        text("The request could not be verified as coming from this app's own page."),
    ),
    (
        errors.UnauthenticatedError,
        text("You are not signed in"),
        text(
            "The proxy in front of this app must send your identity in a request header. Sign in to the proxy, then try again."
        ),
    ),
    (
        errors.CredentialsError,
        text("The cluster rejected this app's credentials"),
        text(
            "The app's token may have expired. Contact the app administrator; signing in again does not help."
        ),
    ),
    (
        errors.ForbiddenError,
        text("Not allowed"),
        text("The cluster rejected the request. See the cluster's message for the reason."),
    ),
    (
        errors.NotFoundError,
        text("Not found"),
        text("It may have been deleted or renamed."),
    ),
    (
        errors.ConflictError,
        text("Conflicting change"),
        text("The object was changed in the meantime. Review it, then try again."),
    ),
    (
        errors.TooManyRequestsError,
        text("Too many requests"),
        text("Wait a moment, or close what you do not need, then try again."),
    ),
    (
        errors.UnavailableError,
        text("The cluster is not responding"),
        text("The app retries automatically. Your input is not lost."),
    ),
    (errors.TooLargeError, text("Request too large"), text("Submit less at a time.")),
    (
        errors.MethodNotAllowedError,
        text("This action is not available here"),
        text("Go back and try another way."),
    ),
    (
        (errors.BadRequestError, errors.InvalidError, errors.UnsupportedMediaTypeError),
        text("Invalid request"),
        text("See the message for details."),
    ),
    (
        errors.ModelswebError,
        text("Cluster error"),
        text(
            "The problem is not on your side. Try again; if it persists, contact the cluster administrator."
        ),
    ),
)
"""Title and sentence of each error; the first that fits counts."""


def explain(error: errors.ModelswebError) -> tuple[Text, Text]:
    """What happened, and what the user can do: a title and a sentence."""
    if isinstance(error, errors.AccessDeniedError):
        return _denied(error)
    return next((title, sentence) for kinds, title, sentence in _SAID if isinstance(error, kinds))


def _denied(error: errors.AccessDeniedError) -> tuple[Text, Text]:
    asked = error.attributes
    values = {
        "verb": asked.verb,
        "resource": asked.full_resource,
        "user": error.user,
        "namespace": asked.namespace,
    }
    if asked.namespace:
        sentence = text(
            "{user} needs permission to {verb} {resource} in namespace {namespace}. Ask a namespace owner; in Kubeflow, owners grant access under Manage Contributors.",
            **values,
        )
    else:
        del values["namespace"]
        sentence = text(
            "{user} needs cluster-wide permission to {verb} {resource}. Ask a cluster administrator.",
            **values,
        )
    return text("Permission denied"), sentence


def wants_json(request: Request) -> bool:
    """The answer goes to a program."""
    path = str(request.scope["path"])
    return path.startswith("/api/") or path.endswith(".json")


def respond(site: Site, visit: Visit | None, request: Request, error: errors.ModelswebError) -> Response:
    """The answer for an error, in the form that was asked for."""
    if error.status >= 500 and not error.retryable:
        log.error("%s %s: %s", request.method, request.scope["path"], error.message)
    headers = {"Cache-Control": "no-store"}
    if error.retry_after:
        headers["Retry-After"] = str(int(error.retry_after) or 1)
    if wants_json(request) or visit is None:
        return _json(error, headers)
    title, sentence = explain(error)
    html = site.renderer.page(visit, "errors/error.html", title=title, sentence=sentence, error=error)
    return HTMLResponse(html, error.status, headers)


def _json(error: errors.ModelswebError, headers: dict[str, str]) -> Response:
    body = {
        "success": False,
        "status": error.status,
        "reason": error.reason,
        "log": error.message,
        "causes": [
            {"field": cause.field, "reason": cause.reason, "message": cause.message} for cause in error.causes
        ],
    }
    return Response(msgspec.json.encode(body), error.status, headers, "application/json")


def live_message(visit: Visit, error: errors.ModelswebError) -> str:
    """What a page shows while its stream has nothing to say: a strip, and that it is not live."""
    title, sentence = explain(error)
    words = translator(visit.language)
    html = visit.site.renderer.page(
        visit,
        "parts/strip.html",
        mood="bad",
        icon="failed",
        title=words.say(title),
        sentence=words.say(sentence),
    )
    state = "stale"
    if isinstance(error, errors.ForbiddenError):
        state = "lost"
    elif isinstance(error, errors.NotFoundError):
        state = "gone"
    freshness = visit.site.renderer.page(visit, "parts/stale.html", freshness=state)
    return (
        f'<hx-partial hx-target="#notice" hx-swap="innerHTML">{html}</hx-partial>'
        f'<hx-partial hx-target="#freshness" hx-swap="outerMorph">{freshness}</hx-partial>'
    )
