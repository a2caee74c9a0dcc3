"""One exception per condition that a user can meet.

``kube`` raises these from the API server's Status, the gateway from its own checks, and ``web`` maps each
to a page, a fragment or JSON in one table. ``message`` is what the cluster (or we) said, in English and
verbatim; the page puts a translated explanation and a remedy beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that the API server complained about."""

    field: str
    reason: str
    message: str


class ModelswebError(Exception):
    """Base of every error that we raise on purpose."""

    status = 500
    reason = "InternalError"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        causes: tuple[Cause, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.causes = causes
        self.retry_after = retry_after
        """Seconds that the server asked us to wait; None where it did not say."""


class BadRequestError(ModelswebError):
    """The request cannot be understood."""

    status = 400
    reason = "BadRequest"


class UnauthenticatedError(ModelswebError):
    """Nobody said who the user is."""

    status = 401
    reason = "Unauthorized"


class ForbiddenError(ModelswebError):
    """RBAC, an admission webhook or a quota refuses it."""

    status = 403
    reason = "Forbidden"


@dataclass(frozen=True, slots=True)
class Attributes:
    """What an access review asks about.

    ``namespace`` is empty for the cluster scope, ``name`` for all objects, ``group`` for the core API.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def full_resource(self) -> str:
        """The resource as RBAC and kubectl write it, such as ``pods/log`` or ``deployments.apps``."""
        name = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{name}/{self.subresource}" if self.subresource else name


class AccessDeniedError(ForbiddenError):
    """An access review said no; carries what was asked."""

    def __init__(self, user: str, attributes: Attributes) -> None:
        where = f"in namespace {attributes.namespace!r}" if attributes.namespace else "in the whole cluster"
        super().__init__(f"User {user!r} may not {attributes.verb} {attributes.full_resource} {where}.")
        self.user = user
        self.attributes = attributes


class NotFoundError(ModelswebError):
    """No such object, or no such kind on this cluster."""

    status = 404
    reason = "NotFound"


class MethodNotAllowedError(ModelswebError):
    """The API server does not do that to this kind."""

    status = 405
    reason = "MethodNotAllowed"


class ConflictError(ModelswebError):
    """Somebody else changed the object in the meantime."""

    status = 409
    reason = "Conflict"


class AlreadyExistsError(ConflictError):
    """An object of that name is there already."""

    reason = "AlreadyExists"


class ExpiredError(ModelswebError):
    """The resourceVersion or continue token is too old: list again."""

    status = 410
    reason = "Expired"
    retryable = True


class TooLargeError(ModelswebError):
    """More bytes than anybody should send."""

    status = 413
    reason = "RequestEntityTooLarge"


class UnsupportedMediaTypeError(ModelswebError):
    """The API server does not read this content type."""

    status = 415
    reason = "UnsupportedMediaType"


class InvalidError(ModelswebError):
    """The object is understood but not valid; the causes name the fields."""

    status = 422
    reason = "Invalid"


class TooManyRequestsError(ModelswebError):
    """Asked too often; try again later."""

    status = 429
    reason = "TooManyRequests"
    retryable = True


class ClusterError(ModelswebError):
    """The API server failed, or one of its webhooks did."""

    status = 502
    reason = "InternalError"


class CredentialsError(ClusterError):
    """The API server does not accept this app's own account. It is no 401: a user who took it for theirs would sign in
    again and again."""


class UnavailableError(ModelswebError):
    """The API server cannot be reached, or is not ready."""

    status = 503
    reason = "ServiceUnavailable"
    retryable = True


class WebhookUnavailableError(UnavailableError):
    """An admission webhook does not answer, so that the API server takes nothing of its kinds."""


def bare(error: ModelswebError) -> ModelswebError:
    """An error that is kept, without the way it came: each raising of a kept error makes that longer, and all that
    stands on it is held in memory. Raise what this returns."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
