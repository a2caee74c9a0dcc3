"""The API's own errors: a Status object with the code, reason and words of the real server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of ``details.causes``."""

    field: str
    reason: str
    message: str


class Failure(Exception):  # noqa: N818 - the API calls it so: status "Failure"
    """An answer of 400 and above."""

    def __init__(
        self,
        code: int,
        reason: str,
        *,
        message: str,
        details: dict[str, Any] | None = None,
        causes: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = dict(details or {})
        if causes:
            self.details["causes"] = [
                {"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes
            ]

    def status(self) -> dict[str, Any]:
        """The Status object."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details:
            status["details"] = self.details
        return status


def _details(full_name: str, name: str) -> dict[str, Any]:
    plural, _, group = full_name.partition(".")
    return {"name": name, **({"group": group} if group else {}), "kind": plural}


def bad_request(message: str) -> Failure:
    """400: the request makes no sense."""
    return Failure(400, "BadRequest", message=message)


def not_found(full_name: str, name: str) -> Failure:
    """404 for an object."""
    return Failure(
        404, "NotFound", message=f'{full_name} "{name}" not found', details=_details(full_name, name)
    )


def already_exists(full_name: str, name: str) -> Failure:
    """409 on create."""
    return Failure(
        409,
        "AlreadyExists",
        message=f'{full_name} "{name}" already exists',
        details=_details(full_name, name),
    )


def version_on_create() -> Failure:
    """500, as the storage of the real one answers."""
    return Failure(500, "", message="resourceVersion should not be set on objects to be created")


def conflict(full_name: str, name: str, *, why: str) -> Failure:
    """409 on update."""
    message = f'Operation cannot be fulfilled on {full_name} "{name}": {why}'
    return Failure(409, "Conflict", message=message, details=_details(full_name, name))


def modified(full_name: str, name: str) -> Failure:
    """409: the resourceVersion sent is not the current one."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(full_name, name, why=why)


def expired(version: int, oldest: int) -> Failure:
    """410: the ring has rolled over that version."""
    return Failure(410, "Expired", message=f"too old resource version: {version} ({oldest})")


def invalid(kind: str, group: str, *, name: str, causes: Sequence[FieldError]) -> Failure:
    """422: the object breaks a rule; the message joins all causes as the real server does."""
    texts = [f"{cause.field}: {cause.message}" for cause in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    title = f"{kind}.{group}" if group else kind
    details = {"name": name, **({"group": group} if group else {}), "kind": kind}
    return Failure(
        422, "Invalid", message=f'{title} "{name}" is invalid: {joined}', details=details, causes=causes
    )


def method_not_allowed() -> Failure:
    """405: the resource does not support the verb."""
    return Failure(
        405, "MethodNotAllowed", message="the server does not allow this method on the requested resource"
    )
