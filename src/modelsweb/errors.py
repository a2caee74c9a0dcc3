"""One exception per condition that a user can meet.

``kube`` raises these from the API server's Status, the gateway from its own checks, and ``web`` maps each
to a page, a fragment or JSON in one table. ``message`` is what the cluster (or we) said, in English and
verbatim; the page puts a translated explanation and a remedy beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """What is wrong, for programs. ``viewmodels.components.sentences`` has the words for it."""

    # The request
    BAD_REQUEST = "bad-request"
    UNTRUSTED_PAGE = "untrusted-page"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    PERMISSION_DENIED = "permission-denied"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    CONFLICT = "conflict"
    ALREADY_EXISTS = "already-exists"
    EXPIRED = "expired"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    INVALID = "invalid"
    TOO_MANY_REQUESTS = "too-many-requests"
    INTERNAL_ERROR = "internal-error"
    CLUSTER_ERROR = "cluster-error"
    CREDENTIALS_REJECTED = "credentials-rejected"
    UNAVAILABLE = "unavailable"
    WEBHOOK_UNAVAILABLE = "webhook-unavailable"
    # The text
    NOTHING_TO_CREATE = "nothing-to-create"
    TEXT_TOO_LARGE = "text-too-large"
    TOO_MANY_DOCUMENTS = "too-many-documents"
    TOO_MANY_VALUES = "too-many-values"
    TOO_MANY_EXPANDED_VALUES = "too-many-expanded-values"
    NESTED_TOO_DEEPLY = "nested-too-deeply"
    UNREADABLE_YAML = "unreadable-yaml"
    UNREADABLE_JSON = "unreadable-json"
    NOT_UTF_8 = "not-utf-8"
    IS_A_TABLE = "is-a-table"
    TAB = "tab"
    ALIAS_OF_ITSELF = "alias-of-itself"
    DUPLICATE_KEY = "duplicate-key"
    KEY_NOT_SCALAR = "key-not-scalar"
    MERGE_OF_NO_MAPPING = "merge-of-no-mapping"
    UNREADABLE_VALUE = "unreadable-value"
    NUMBER_NOT_FINITE = "number-not-finite"
    # A document
    NOT_AN_OBJECT = "not-an-object"
    NOT_A_MAPPING = "not-a-mapping"
    METADATA_NOT_A_MAPPING = "metadata-not-a-mapping"
    FIELD_MISSING = "field-missing"
    VERSION_NOT_SUPPORTED = "version-not-supported"
    KIND_NOT_SUPPORTED = "kind-not-supported"
    NAME_NOT_FIXED = "name-not-fixed"
    DESCRIBED_TWICE = "described-twice"
    # What the cluster objects to
    UNKNOWN_FIELD = "unknown-field"
    MUST_BE_TEXT = "must-be-text"
    WRONG_TYPE = "wrong-type"
    INVALID_FIELD = "invalid-field"
    OTHER_CAUSE = "other-cause"
    NO_SUCH_KIND_OR_NAMESPACE = "no-such-kind-or-namespace"
    REJECTED = "rejected"
    WEBHOOK_CRASHED = "webhook-crashed"
    INVALID_OBJECT = "invalid-object"
    NO_LONGER_THERE = "no-longer-there"
    DIFFERS = "differs"
    ONE_OBJECT_ONLY = "one-object-only"
    CANNOT_CHANGE = "cannot-change"
    KUBECTL_NEEDED = "kubectl-needed"
    # A field of a form
    VALUE_MISSING = "value-missing"
    VALUE_TOO_LONG = "value-too-long"
    NOT_ONE_WORD = "not-one-word"
    NOT_A_NAME = "not-a-name"
    USER_IN_ADDRESS = "user-in-address"
    NOT_A_STEP = "not-a-step"
    NOT_A_NODE = "not-a-node"
    NOT_A_WEB_ADDRESS = "not-a-web-address"
    NOT_IN_RANGE = "not-in-range"
    NOT_A_QUANTITY = "not-a-quantity"
    NOT_A_PAIR = "not-a-pair"
    TOO_MANY_CHANGES = "too-many-changes"
    FROM_ELSEWHERE = "from-elsewhere"
    TEXT_TOO_LONG_FOR_FORM = "text-too-long-for-form"
    GIVEN_TWICE = "given-twice"
    NOT_IN_FORM = "not-in-form"
    NOT_AN_OBJECT_NAME = "not-an-object-name"
    NO_SUCH_SECRET = "no-such-secret"  # noqa: S105
    SECRET_IS_THERE = "secret-is-there"  # noqa: S105
    APP_MAY_NOT_CREATE_SECRETS = "app-may-not-create-secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that must be mended. ``values`` go into its sentence; ``field``, ``line`` and ``column`` (from 1) say where
    it is, and are empty or None where that does not apply; ``detail`` is what the cluster said, verbatim."""

    code: Code
    values: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    field: str = ""
    line: int | None = None
    column: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that the API server complained about."""

    field: str
    reason: str
    message: str


class ModelswebError(Exception):
    """Base of every error that we raise on purpose."""

    code: Code = Code.INTERNAL_ERROR
    status = 500
    reason = "InternalError"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        causes: tuple[Cause, ...] = (),
        retry_after: float | None = None,
        line: int = 0,
        column: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.causes = causes
        self.line, self.column = line, column
        """Where in what was sent, from 1; 0 where no place is meant."""
        self.retry_after = retry_after
        """Seconds that the server asked us to wait; None where it did not say."""


class BadRequestError(ModelswebError):
    """The request cannot be understood."""

    code = Code.BAD_REQUEST
    status = 400
    reason = "BadRequest"


class UnauthenticatedError(ModelswebError):
    """Nobody said who the user is."""

    code = Code.UNAUTHENTICATED
    status = 401
    reason = "Unauthorized"


class ForbiddenError(ModelswebError):
    """RBAC, an admission webhook or a quota refuses it."""

    code = Code.FORBIDDEN
    status = 403
    reason = "Forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
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

    code = Code.PERMISSION_DENIED

    def __init__(self, user: str, attributes: Attributes) -> None:
        where = f"in namespace {attributes.namespace!r}" if attributes.namespace else "in the whole cluster"
        super().__init__(f"User {user!r} may not {attributes.verb} {attributes.full_resource} {where}.")
        self.user = user
        self.attributes = attributes


class NotFoundError(ModelswebError):
    """No such object, or no such kind on this cluster."""

    code = Code.NOT_FOUND
    status = 404
    reason = "NotFound"


class MethodNotAllowedError(ModelswebError):
    """The API server does not do that to this kind."""

    code = Code.METHOD_NOT_ALLOWED
    status = 405
    reason = "MethodNotAllowed"


class ConflictError(ModelswebError):
    """Somebody else changed the object in the meantime."""

    code = Code.CONFLICT
    status = 409
    reason = "Conflict"


class AlreadyExistsError(ConflictError):
    """An object of that name is there already."""

    code = Code.ALREADY_EXISTS
    reason = "AlreadyExists"


class ExpiredError(ModelswebError):
    """The resourceVersion or continue token is too old: list again."""

    code = Code.EXPIRED
    status = 410
    reason = "Expired"
    retryable = True


class TooLargeError(ModelswebError):
    """More bytes than anybody should send."""

    code = Code.TOO_LARGE
    status = 413
    reason = "RequestEntityTooLarge"


class UnsupportedMediaTypeError(ModelswebError):
    """The API server does not read this content type."""

    code = Code.UNSUPPORTED_MEDIA_TYPE
    status = 415
    reason = "UnsupportedMediaType"


class InvalidError(ModelswebError):
    """The object is understood but not valid; the causes name the fields."""

    code = Code.INVALID
    status = 422
    reason = "Invalid"


class TooManyRequestsError(ModelswebError):
    """Asked too often; try again later."""

    code = Code.TOO_MANY_REQUESTS
    status = 429
    reason = "TooManyRequests"
    retryable = True


class ClusterError(ModelswebError):
    """The API server failed, or one of its webhooks did."""

    code = Code.CLUSTER_ERROR
    status = 502
    reason = "InternalError"


class CredentialsError(ClusterError):
    """The API server does not accept this app's own account. It is no 401: a user who took it for theirs would sign in
    again and again."""

    code = Code.CREDENTIALS_REJECTED


class UnavailableError(ModelswebError):
    """The API server cannot be reached, or is not ready."""

    code = Code.UNAVAILABLE
    status = 503
    reason = "ServiceUnavailable"
    retryable = True


class WebhookUnavailableError(UnavailableError):
    """An admission webhook does not answer, so that the API server takes nothing of its kinds."""

    code = Code.WEBHOOK_UNAVAILABLE


def bare(error: ModelswebError) -> ModelswebError:
    """An error that is kept, without the way it came: each raising of a kept error makes that longer, and all that
    stands on it is held in memory. Raise what this returns."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def status_of(code: Code) -> int:
    """The HTTP status of an answer whose one problem that is: an error's own, and 422 for what is wrong with a text."""
    if code is Code.NO_LONGER_THERE:
        return NotFoundError.status
    return next((error.status for error in _all(ModelswebError) if error.code is code), InvalidError.status)


def _all(error: type[ModelswebError]) -> Iterator[type[ModelswebError]]:
    yield error
    for derived in error.__subclasses__():
        yield from _all(derived)
