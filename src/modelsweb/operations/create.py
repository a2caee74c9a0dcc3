"""Creating what a text describes: all of it is tried first, and sent only when the cluster objects to none of it.

A text that was sent before is safe to send again, by anybody and through any replica of the app: what is there as it was
asked for is unchanged.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any, NamedTuple

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.kinds import SECRET
from modelsweb.manifests import comparison, refusal
from modelsweb.manifests.concerns import will_not_work
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.merge import differences, editable
from modelsweb.manifests.plan import Plan, Planned
from modelsweb.manifests.refusal import Objection
from modelsweb.manifests.text_edit import CannotEditError, edited
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import DocumentOutcome, State, TextOutcome
from modelsweb.operations.problems import is_refused_to_the_app, located, problems_of
from modelsweb.operations.reading import checked, own_object, read

_AT_ONCE = 8
_LONGEST_TRIAL = 240
_MAX_QUESTIONS = 4
"""Decoding, strict decoding, the webhooks' own decoding, schema: so many stages object one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    """A text of YAML documents, and the namespace into which they go whatever they say. ``max_bytes`` is the size that is
    still taken; with ``dry_run`` the documents are only tried, with ``despite_concerns`` they are sent although our own checks
    say that they will not work. ``base`` is the object that is changed, where the text is of one that is there (YAML)."""

    namespace: str
    source: str
    max_bytes: int
    dry_run: bool = False
    despite_concerns: bool = False
    base: str = ""


class FixPlace(NamedTuple):
    """Where a fix is to be made: the document (from 1), what found it, and the field."""

    number: int
    check: str
    field: str


async def check(gateway: Gateway, user: User, *, request: CreateRequest) -> TextOutcome:
    """What is wrong with a text, as far as it can be told without asking the cluster to try it."""
    _, outcome = await _checked(gateway, user, request=request)
    return outcome


async def fix(gateway: Gateway, user: User, *, request: CreateRequest, place: FixPlace) -> str | None:
    """The text with what a check found at a place of one of its documents mended; None where that cannot be done."""
    _, outcome = await _checked(gateway, user, request=request)
    for concern in outcome.concerns:
        if FixPlace(concern.number, concern.id, concern.hit.field) == place and concern.fix:
            with suppress(CannotEditError):
                return await gateway.rate_limit.aside(
                    user, edited, request.source, place.number, changes=concern.fix
                )
    return None


async def create(gateway: Gateway, user: User, *, request: CreateRequest) -> TextOutcome:
    """Tries all documents, then sends them one by one; nothing while anything is wrong, and nothing after one that failed.

    What the cluster refuses, for want of rights too, is in the outcome.
    """
    planned, outcome = await _checked(gateway, user, request=request)
    if planned.problems:
        return outcome
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def tried(document: Planned) -> DocumentOutcome:
        async with at_once:
            return await _sent(gateway, user, planned=document, dry_run=True)

    outcomes = list(await asyncio.gather(*map(tried, planned.documents)))
    is_held_back = (
        not request.despite_concerns
        and will_not_work(outcome.concerns)
        and any(one.state is State.PENDING for one in outcomes)
    )
    if request.dry_run or is_held_back:
        return replace(outcome, documents=tuple(outcomes), is_held_back=is_held_back)
    has_failed = any(one.state is State.FAILED for one in outcomes)
    for place, document in enumerate(planned.documents):
        if outcomes[place].state is not State.PENDING:
            continue
        if has_failed:
            outcomes[place] = replace(outcomes[place], state=State.SKIPPED)
            continue
        outcomes[place] = await _sent(gateway, user, planned=document, dry_run=False)
        has_failed = outcomes[place].state is State.FAILED
    return replace(outcome, documents=tuple(outcomes))


async def _checked(gateway: Gateway, user: User, *, request: CreateRequest) -> tuple[Plan, TextOutcome]:
    """The plan of a text, and what is wrong with it."""
    planned = await read(
        gateway, user, source=request.source, namespace=request.namespace, max_bytes=request.max_bytes
    )
    if planned.problems:
        return planned, TextOutcome(problems=planned.problems)
    concerns = await checked(
        gateway,
        user,
        source=request.source,
        namespace=request.namespace,
        planned=planned,
        live=await _base(gateway, user, source=request.base),
    )
    return planned, TextOutcome(concerns=concerns)


async def _base(gateway: Gateway, user: User, *, source: str) -> Obj | None:
    """The object that is changed; None where there is none, or what was sent is no text of ours."""
    if not source:
        return None
    try:
        return Obj(await gateway.rate_limit.aside(user, own_object, source))
    except ManifestError:
        return None


async def _sent(gateway: Gateway, user: User, *, planned: Planned, dry_run: bool) -> DocumentOutcome:
    """What becomes of one document; tried, it is pending where nothing speaks against it."""
    namespace = planned.manifest["metadata"]["namespace"]
    outcome = DocumentOutcome(
        ref=ObjectRef(planned.kind.full_name, namespace, planned.name),
        state=State.PENDING,
        number=planned.number,
        line=planned.document.line,
        kind=planned.kind.kind,
        moved_from=planned.moved_from,
        omitted=planned.omitted,
    )
    try:
        created = await gateway.writer.create(
            user, planned.kind, namespace=namespace, manifest=planned.manifest, dry_run=dry_run
        )
    except errors.AlreadyExistsError as error:
        return await _compared(gateway, user, planned=planned, outcome=outcome, error=error)
    except errors.ModelswebError as error:
        found = await _all_problems(gateway, user, planned=planned, error=error)
        return _failed(outcome, planned, error=error, problems=found)
    if not dry_run:
        return replace(outcome, state=State.DONE, uid=created.uid, version=created.resource_version)
    if not planned.kind.is_root:  # what goes along is stored as it is, and may be secret
        return outcome
    added = differences(editable(planned.manifest), editable(created.raw))
    return replace(outcome, added=tuple(one for one in added if one.after not in ("", {}, [])))


async def _compared(
    gateway: Gateway,
    user: User,
    *,
    planned: Planned,
    outcome: DocumentOutcome,
    error: errors.AlreadyExistsError,
) -> DocumentOutcome:
    """An object of that name is there: is it the one that is asked for?"""
    try:
        live = await gateway.writer.existing(
            user, planned.kind, namespace=outcome.ref.namespace, name=planned.name
        )
    except errors.NotFoundError:  # gone between two questions
        return _failed(outcome, planned, error=error)
    except errors.ForbiddenError:
        if planned.kind is SECRET:  # which few may read: a second submit must go on all the same
            return replace(outcome, state=State.NOT_COMPARED)
        return _failed(outcome, planned, error=error)
    except errors.ModelswebError as unread:
        return _failed(outcome, planned, error=unread)
    is_same = comparison.holds(live.raw, planned.manifest) or await _is_what_would_be(
        gateway, user, planned=planned, live=live.raw
    )
    if is_same and live.deleted is None:
        return replace(outcome, state=State.UNCHANGED, uid=live.uid)
    values = {"kind": planned.kind.kind, "name": planned.name}
    problem = Problem(code=Code.DIFFERS, values=values, field="metadata.name")
    return replace(outcome, state=State.FAILED, uid=live.uid, problems=(located(problem, planned),))


async def _is_what_would_be(gateway: Gateway, user: User, *, planned: Planned, live: Any) -> bool:
    """Webhooks rewrite what users give (a framework of old becomes a model): the server says, under a name that is free,
    what it would make of the document."""
    name = f"{planned.name[:_LONGEST_TRIAL]}-{token_hex(3)}"
    trial = {**planned.manifest, "metadata": {**planned.manifest["metadata"], "name": name}}
    namespace = planned.manifest["metadata"]["namespace"]
    try:
        made = await gateway.writer.create(
            user, planned.kind, namespace=namespace, manifest=trial, dry_run=True
        )
    except errors.ModelswebError:
        return False
    return comparison.holds(live, made.raw)


def _failed(
    outcome: DocumentOutcome,
    planned: Planned,
    *,
    error: errors.ModelswebError,
    problems: list[Problem] | None = None,
) -> DocumentOutcome:
    """What an error means for a document: its problems, those of the error itself where no others were found, each at its
    place."""
    found = problems_of(error, planned, complaints=[]) if problems is None else problems
    return replace(
        outcome,
        state=State.FAILED,
        problems=tuple(located(one, planned) for one in found),
        is_unavailable=isinstance(error, errors.UnavailableError),
    )


async def _all_problems(
    gateway: Gateway, user: User, *, planned: Planned, error: errors.ModelswebError
) -> list[Problem]:
    """What is wrong with a document. A server stops at the first kind of mistake: it is asked, by dry-runs, what else it
    would object to without the fields that it named."""
    if planned.kind is SECRET and is_refused_to_the_app(error):
        command = f"kubectl -n {planned.manifest['metadata']['namespace']} create -f -"
        return [Problem(code=Code.KUBECTL_NEEDED, values={"command": command}, field="kind")]
    rest, namespace = planned.manifest, planned.manifest["metadata"]["namespace"]
    complaints = await gateway.rate_limit.aside(
        user, refusal.complaints, error.message, error.causes, manifest=rest
    )
    problems = problems_of(error, planned, complaints=complaints)
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
                problems += problems_of(more, planned, complaints=complaints)
        else:
            break
    return list({(problem.field, problem.code): problem for problem in problems}.values())
