"""From the API server's answers to our errors."""

from collections.abc import Mapping
from typing import Any

import msgspec

from modelsweb import errors

_BY_CODE: dict[int, type[errors.ModelswebError]] = {
    400: errors.BadRequestError,
    401: errors.CredentialsError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    405: errors.MethodNotAllowedError,
    409: errors.ConflictError,
    410: errors.ExpiredError,
    413: errors.TooLargeError,
    415: errors.UnsupportedMediaTypeError,
    422: errors.InvalidError,
    429: errors.TooManyRequestsError,
    503: errors.UnavailableError,
    504: errors.UnavailableError,
}

_TEXT_LIMIT = 500
_LONGEST_WAIT = 3_600
"""Seconds; who asks for a longer pause is asked again after that."""
_DIGITS = 9


def error_from_status(
    status: Mapping[str, Any], *, retry_after: float | None = None
) -> errors.ModelswebError:
    """The error that an API ``Status`` object stands for.

    An admission webhook may refuse with any code, 5xx included; since it was reached and did answer, its refusal
    is the user's to mend, and becomes a ForbiddenError with the webhook's text. One that was not reached is nobody's
    mistake, though the API server calls it an internal error.
    """
    given = status.get("code")
    code = given if isinstance(given, int) else 500
    reason = str(status.get("reason") or "")
    message = str(status.get("message") or reason or f"The API server answered {code}.")
    raw_details = status.get("details")
    details: Mapping[str, Any] = raw_details if isinstance(raw_details, Mapping) else {}
    listed = details.get("causes")
    causes = tuple(
        errors.Cause(
            field=str(cause.get("field") or ""),
            reason=str(cause.get("reason") or ""),
            message=str(cause.get("message") or ""),
        )
        for cause in (listed if isinstance(listed, list) else ())
        if isinstance(cause, Mapping)
    )
    seconds = details.get("retryAfterSeconds")
    if retry_after is None and isinstance(seconds, int):
        retry_after = float(max(0, min(seconds, _LONGEST_WAIT)))
    if code >= 500 and "denied the request" in message:
        return errors.ForbiddenError(message, causes=causes)
    if code >= 500 and "failed calling webhook" in message:
        return errors.WebhookUnavailableError(message, retry_after=retry_after)
    if reason == "AlreadyExists":
        return errors.AlreadyExistsError(message, causes=causes)
    error = _BY_CODE.get(code, errors.ClusterError if code >= 500 else errors.BadRequestError)
    return error(message, causes=causes, retry_after=retry_after)


def error_from_response(code: int, body: bytes, *, retry_after: str | None = None) -> errors.ModelswebError:
    """The error for an HTTP answer of 400 and above, whatever its body holds.

    A body that is no ``Status`` (a proxy's page, plain text) is shortened, and never parsed further.
    """
    seconds = None
    if retry_after and retry_after.isascii() and retry_after.isdigit():
        seconds = float(min(int(retry_after[:_DIGITS]), _LONGEST_WAIT))
    try:
        status = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        status = None
    if isinstance(status, dict) and status.get("kind") == "Status":
        return error_from_status({**status, "code": status.get("code") or code}, retry_after=seconds)
    text = body[:_TEXT_LIMIT].decode("utf-8", "replace").strip() or "no text"
    return error_from_status(
        {"code": code, "message": f"The API server answered {code}: {text}"}, retry_after=seconds
    )
