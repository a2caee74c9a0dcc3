"""What went wrong, as a program reads it: application/problem+json (RFC 9457) with our codes, and the place of each fault."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway import audit
from modelsweb.operations.problems import problem_of
from modelsweb.viewmodels.components.sentences import explain, sentence

MEDIA_TYPE = "application/problem+json"


class _Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    pass


class Fault(_Shape, frozen=True, kw_only=True):
    """One thing that must be mended, and where it is."""

    code: errors.Code
    message: Annotated[str, Meta(description="What is wrong and what mends it, in one sentence.")]
    field: Annotated[str, Meta(description="The field or parameter, such as spec.predictor.model.")] = ""
    document: Annotated[int, Meta(description="Of several documents the number, from 1.")] = 0
    line: Annotated[int, Meta(description="From 1; 0 where no line is meant.")] = 0
    column: Annotated[int, Meta(description="From 1; 0 where no column is meant.")] = 0
    detail: Annotated[str, Meta(description="What the cluster said, verbatim.")] = ""


class Problem(_Shape, frozen=True, kw_only=True):
    """Why a request was refused or failed."""

    type: Annotated[str, Meta(description="urn:modelsweb:problem:CODE")]
    title: str
    status: Annotated[int, Meta(description="The HTTP status of the answer.", ge=400, le=599)]
    detail: Annotated[str, Meta(description="What happened, as the cluster or the app says it.")]
    code: Annotated[errors.Code, Meta(description="Stable; decide by this.")]
    remedy: Annotated[str, Meta(description="What to do about it.")] = ""
    faults: Annotated[tuple[Fault, ...], Meta(description="The places at which something is wrong.")] = ()
    request_id: Annotated[str, Meta(description="Finds the request in the app's log.")] = ""


def faults(problems: Iterable[errors.Problem], *, document: int = 0) -> tuple[Fault, ...]:
    """Problems of operations in the words of this API."""
    return tuple(
        Fault(
            code=one.code,
            message=str(sentence(one)),
            field=one.field,
            document=document,
            line=one.line or 0,
            column=one.column or 0,
            detail=one.detail,
        )
        for one in problems
    )


def of_faults(found: tuple[Fault, ...], *, status: int | None = None) -> Response:
    """A refusal for faults of what was sent; without a status that of the first."""
    first = found[0]
    title, _ = explain(errors.Problem(code=first.code))
    return respond(
        Problem(
            type=_type(first.code),
            title=str(title),
            status=status or errors.status_of(first.code),
            detail=first.detail or first.message,
            code=first.code,
            remedy=first.message,
            faults=found,
            request_id=audit.request.get(),
        ),
        headers={"Retry-After": "1"} if first.code is errors.Code.TOO_MANY_REQUESTS else None,
    )


def of_error(error: errors.ModelswebError, *, headers: Mapping[str, str]) -> Response:
    """An error as an answer."""
    return respond(problem(error), headers=headers)


def problem(error: errors.ModelswebError) -> Problem:
    """An error in the words of this API."""
    plain = errors.Problem(code=error.code, detail=error.message)
    asked = problem_of(error) if isinstance(error, errors.AccessDeniedError) else plain
    title, remedy = explain(asked)
    return Problem(
        type=_type(error.code),
        title=str(title),
        status=error.status,
        detail=error.message,
        code=error.code,
        remedy=str(remedy),
        faults=_faults_of(error),
        request_id=audit.request.get(),
    )


def _faults_of(error: errors.ModelswebError) -> tuple[Fault, ...]:
    if error.line:
        return (Fault(code=error.code, message=error.message, line=error.line, column=error.column),)
    code = errors.Code.INVALID_FIELD
    return tuple(Fault(code=code, message=one.message, field=one.field) for one in error.causes)


def respond(found: Problem, *, headers: Mapping[str, str] | None = None) -> Response:
    """It as an answer."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(found), found.status, kept, MEDIA_TYPE)


def _type(code: errors.Code) -> str:
    return f"urn:modelsweb:problem:{code.value}"
