"""Creating what a text describes: its documents in order, until one fails."""

from dataclasses import dataclass, replace

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.manifests import refusal
from modelsweb.manifests.plan import Plan, Planned, plan
from modelsweb.manifests.refusal import Objection
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import DocumentOutcome, State, TextOutcome
from modelsweb.operations.problems import problems_of

_MAX_QUESTIONS = 4
"""Decoding, strict decoding, the webhooks' own decoding, schema: so many stages object one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    """A text of YAML documents, and the namespace into which they go whatever they say. ``max_bytes`` is the size that is
    still taken."""

    namespace: str
    source: str
    max_bytes: int


async def create(gateway: Gateway, user: User, *, request: CreateRequest) -> TextOutcome:
    """Sends the documents one by one; nothing while the text is wrong, and nothing after one that failed.

    What the cluster refuses, for want of rights too, is in the outcome.
    """
    if len(request.source.encode()) > request.max_bytes:
        problem = Problem(code=Code.TEXT_TOO_LARGE, values={"max": request.max_bytes})
        return TextOutcome(problems=(problem,))
    planned: Plan = await gateway.rate_limit.aside(user, plan, request.source, request.namespace)
    if planned.problems:
        return TextOutcome(problems=planned.problems)
    outcomes: list[DocumentOutcome] = []
    has_failed = False
    for document in planned.documents:
        outcome = _outcome(document, request.namespace, state=State.SKIPPED)
        if not has_failed:
            outcome = await _create(gateway, user, planned=document, outcome=outcome)
            has_failed = outcome.state is State.FAILED
        outcomes.append(outcome)
    return TextOutcome(documents=tuple(outcomes))


def _outcome(planned: Planned, namespace: str, *, state: State) -> DocumentOutcome:
    return DocumentOutcome(
        ref=ObjectRef(planned.kind.full_name, namespace, planned.name),
        state=state,
        number=planned.number,
        line=planned.document.line,
        kind=planned.kind.kind,
        moved_from=planned.moved_from,
        omitted=planned.omitted,
    )


async def _create(
    gateway: Gateway, user: User, *, planned: Planned, outcome: DocumentOutcome
) -> DocumentOutcome:
    namespace = outcome.ref.namespace
    try:
        created = await gateway.writer.create(
            user, planned.kind, namespace=namespace, manifest=planned.manifest
        )
    except errors.ModelswebError as error:
        found = await _all_problems(gateway, user, planned=planned, error=error)
        return replace(
            outcome,
            state=State.FAILED,
            problems=tuple(_located(problem, planned) for problem in found),
            is_unavailable=isinstance(error, errors.UnavailableError),
        )
    return replace(outcome, state=State.DONE, ref=outcome.ref._replace(name=created.name), uid=created.uid)


async def _all_problems(
    gateway: Gateway, user: User, *, planned: Planned, error: errors.ModelswebError
) -> list[Problem]:
    """What is wrong with a document. A server stops at the first kind of mistake: it is asked, by dry-runs, what else it
    would object to without the fields that it named."""
    rest, namespace = planned.manifest, planned.manifest["metadata"]["namespace"]
    complaints = await gateway.rate_limit.aside(
        user, refusal.complaints, error.message, error.causes, manifest=rest
    )
    found = problems_of(error, planned, complaints=complaints)
    for _ in range(_MAX_QUESTIONS):
        if not complaints:
            break
        rest = await gateway.rate_limit.aside(user, refusal.without, rest, complaints)
        is_as_meant = all(complaint.objection is not Objection.WRONG_TYPE for complaint in complaints)
        try:
            await gateway.writer.create(user, planned.kind, namespace=namespace, manifest=rest, dry_run=True)
        except (errors.UnavailableError, errors.TooManyRequestsError):
            break
        except errors.ModelswebError as more:
            complaints = await gateway.rate_limit.aside(
                user, refusal.complaints, more.message, more.causes, manifest=rest
            )
            if complaints or is_as_meant:  # else it may object to what stands in for a value
                found += problems_of(more, planned, complaints=complaints)
        else:
            break
    return list({(problem.field, problem.code): problem for problem in found}.values())


def _located(problem: Problem, planned: Planned) -> Problem:
    place = planned.document.position(problem.field) if problem.field else None
    return replace(problem, line=place.line) if place is not None else problem
