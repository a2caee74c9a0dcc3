"""From the cluster's refusals to problems, each at its field."""

from dataclasses import replace

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.manifests.plan import Planned
from modelsweb.manifests.refusal import Complaint, Objection
from modelsweb.operations.action import Target
from modelsweb.operations.outcome import Outcome, State


def is_refused_to_the_app(error: errors.ModelswebError) -> bool:
    """The user has the right, the app's own account has not: RBAC's words, not those of a policy or a quota."""
    return (
        isinstance(error, errors.ForbiddenError)
        and not isinstance(error, errors.AccessDeniedError)
        and "cannot create resource" in error.message
    )


def located(problem: Problem, planned: Planned) -> Problem:
    """A problem at the place of its field, where the document has one."""
    place = planned.document.position(problem.field) if problem.field else None
    return replace(problem, line=place.line) if place is not None else problem


def problem_of(error: errors.ModelswebError, **values: str | int) -> Problem:
    """An error as the problem of one object."""
    if isinstance(error, errors.AccessDeniedError):
        asked = error.attributes
        values |= {"user": error.user, "verb": asked.verb, "resource": asked.full_resource}
        values |= {"namespace": asked.namespace} if asked.namespace else {}
    if (cause := next((cause for cause in error.causes if cause.field), None)) is not None:
        return _of_cause(cause)
    return Problem(code=error.code, values=values, detail=error.message)


def failed(target: Target, error: errors.ModelswebError) -> Outcome:
    """What became of one object where that was refused."""
    problem = problem_of(error)
    if isinstance(error, errors.NotFoundError):
        problem = Problem(code=Code.NO_LONGER_THERE, detail=error.message)
    return Outcome(ref=target.ref, state=State.FAILED, uid=target.uid, problems=(problem,))


def problems_of(
    error: errors.ModelswebError, planned: Planned, *, complaints: list[Complaint]
) -> list[Problem]:
    """A refusal as problems of a document; ``complaints`` are those of its fields that could be read out of it."""
    said = {cause.field: cause.message for cause in error.causes}
    known = {complaint.field for complaint in complaints}
    causes = [cause for cause in error.causes if cause.field not in known]
    if not complaints and not causes:
        return [_of_document(error, planned)]
    # What is said of all of them together is quoted once.
    quoted = [
        said.get(complaint.field, "" if number else error.message)
        for number, complaint in enumerate(complaints)
    ]
    return [
        *(_of_field(complaint, detail) for complaint, detail in zip(complaints, quoted, strict=True)),
        *(_of_cause(cause) for cause in causes),
    ]


_CRASH = "denied the request: panic:"
"""So the API server passes on that a webhook's own code failed (docs/decisions/006)."""
_CODES = {
    Objection.UNKNOWN: Code.UNKNOWN_FIELD,
    Objection.WANTS_TEXT: Code.MUST_BE_TEXT,
    Objection.WRONG_TYPE: Code.WRONG_TYPE,
}


def _of_field(complaint: Complaint, detail: str) -> Problem:
    values = {"field": complaint.field, "wanted": complaint.wanted}
    return Problem(code=_CODES[complaint.objection], values=values, field=complaint.field, detail=detail)


def _of_cause(cause: errors.Cause) -> Problem:
    if not cause.field:
        return Problem(code=Code.OTHER_CAUSE, detail=cause.message)
    return Problem(
        code=Code.INVALID_FIELD, values={"field": cause.field}, field=cause.field, detail=cause.message
    )


def _of_document(error: errors.ModelswebError, planned: Planned) -> Problem:
    values = {"kind": planned.kind.kind, "name": planned.name}
    match error:
        case errors.AlreadyExistsError():
            return Problem(code=error.code, values=values, field="metadata.name", detail=error.message)
        case errors.NotFoundError():
            code = Code.NO_SUCH_KIND_OR_NAMESPACE
        case errors.AccessDeniedError() | errors.UnavailableError() | errors.TooManyRequestsError():
            return problem_of(error, **values)
        case errors.ForbiddenError():
            code = Code.WEBHOOK_CRASHED if _CRASH in error.message else Code.REJECTED
        case _:
            code = Code.INVALID_OBJECT
    return Problem(code=code, values=values, detail=error.message)
