"""Creating from pasted YAML: documents in order, and a report of what became of each."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec, TypeVar

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects import refusal
from modelsweb.objects.refusal import Complaint, Objection
from modelsweb.text import text
from modelsweb.viewmodels import create_service
from modelsweb.viewmodels.create_service import CreateService, Outcome, Planned, Problem
from modelsweb.web.site import Visit

P = ParamSpec("P")
R = TypeVar("R")
_TEMPLATE = "screens/create_service.html"
_ARRIVAL_SECONDS = 3.0
_MOST_QUESTIONS = 4
"""Decoding, strict decoding, the webhooks' own decoding, schema: so many stages object one after the other."""


async def form(visit: Visit) -> Response:
    """The empty form."""
    may_create = await visit.site.reader.allows(visit.user, INFERENCE_SERVICE, "create", visit.namespace)
    return _page(visit, CreateService(visit.namespace, create_service.EXAMPLE, may_create=may_create))


async def submit(visit: Visit) -> Response:
    """Creates what was pasted; leads to the new service, or answers the page with a report, and keeps the text where
    anything failed."""
    source = visit.form.get("yaml").replace("\r\n", "\n")
    model = await create(visit, source)
    new = model.new_service
    if new is not None and await visit.site.objects.comes(
        visit.user, INFERENCE_SERVICE, visit.namespace, new.name, new.uid, seconds=_ARRIVAL_SECONDS
    ):
        return RedirectResponse(visit.urls.service(visit.namespace, new.name) + "#created", 303)
    return _page(visit, model)


async def create(visit: Visit, source: str) -> CreateService:
    """The report: 1 MiB at most, nothing sent while the text is wrong, the first refusal stops the rest."""
    namespace, most = visit.namespace, visit.site.config.web.most_bytes
    if len(source.encode()) > most:
        problem = Problem(text("The text is larger than {most} bytes.", most=most))
        return CreateService(namespace, source, problems=(problem,))
    planned, problems = await _aside(visit, create_service.plan, source, namespace)
    if problems:
        return CreateService(namespace, source, problems=problems)
    outcomes: list[Outcome] = []
    for document in planned:
        if any(outcome.state == "failed" for outcome in outcomes):
            outcomes.append(create_service.waiting(document, "skipped"))
            continue
        outcomes.append(
            await _aside(visit, create_service.located, await _create_one(visit, document), source)
        )
    return CreateService(namespace, source, outcomes=tuple(outcomes))


async def _aside(visit: Visit, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Done in a thread: a long text takes a good part of a second, in which every stream would stand still. It is counted
    as the user's work."""

    def measured() -> tuple[R, float]:
        started = visit.site.rates.cpu()
        return work(*args, **kwargs), visit.site.rates.cpu() - started

    done, cost = await asyncio.to_thread(measured)
    visit.site.rates.spend(visit.user, cost)
    return done


async def _create_one(visit: Visit, document: Planned) -> Outcome:
    try:
        created = await visit.site.writer.create(
            visit.user, document.kind, visit.namespace, document.manifest
        )
    except errors.ModelswebError as error:
        problems = tuple(await _all_problems(visit, document, error))
        is_away = isinstance(error, errors.UnavailableError)
        return replace(create_service.waiting(document, "failed", problems), is_unavailable=is_away)
    return replace(create_service.waiting(document, "created"), name=created.name, uid=created.uid)


async def _all_problems(visit: Visit, document: Planned, error: errors.ModelswebError) -> list[Problem]:
    """What is wrong with a document. A server stops at the first kind of mistake: it is asked, by dry-runs, what else it
    would object to without the fields that it named."""
    rest = document.manifest
    named = await _aside(visit, refusal.complaints, error.message, error.causes, rest)
    found = _problems(error, document, named)
    for _ in range(_MOST_QUESTIONS):
        if not named:
            break
        rest = await _aside(visit, refusal.without, rest, named)
        is_as_meant = all(one.objection is not Objection.WRONG_TYPE for one in named)
        try:
            await visit.site.writer.create(visit.user, document.kind, visit.namespace, rest, dry_run=True)
        except (errors.UnavailableError, errors.TooManyRequestsError):
            break
        except errors.ModelswebError as more:
            named = await _aside(visit, refusal.complaints, more.message, more.causes, rest)
            if named or is_as_meant:  # else it may object to what stands in for a value
                found += _problems(more, document, named)
        else:
            break
    return list({(one.field, str(one.text)): one for one in found}.values())


def _complaint(one: Complaint, said: str) -> Problem:
    match one.objection:
        case Objection.UNKNOWN:
            sentence = text("No such field: {field}. It is misspelt or in the wrong place.", field=one.field)
        case Objection.WANTS_TEXT:
            sentence = text("{field} must be text; write it in quotes.", field=one.field)
        case Objection.WRONG_TYPE:
            sentence = text("{field} must be of type {wanted}.", field=one.field, wanted=one.wanted)
    return Problem(sentence, field=one.field, detail=said)


def _problems(error: errors.ModelswebError, document: Planned, named: list[Complaint]) -> list[Problem]:
    said = {cause.field: cause.message for cause in error.causes}
    told = {one.field for one in named}
    causes = [cause for cause in error.causes if cause.field not in told]
    if named or causes:
        # What is said of all of them together is quoted once.
        quoted = [said.get(one.field, "" if number else error.message) for number, one in enumerate(named)]
        return list(map(_complaint, named, quoted)) + [
            Problem(
                text("The field {field} is not valid.", field=cause.field),
                field=cause.field,
                detail=cause.message,
            )
            if cause.field
            else Problem(text("Other possible problems:"), detail=cause.message)
            for cause in causes
        ]
    values = {"kind": document.kind.kind, "name": document.name}
    match error:
        case errors.AccessDeniedError():
            sentence = text(
                "You do not have permission to create {resource} here.",
                resource=error.attributes.full_resource,
            )
        case errors.AlreadyExistsError():
            sentence = text("{kind} {name} already exists. Choose another name.", **values)
            return [Problem(sentence, field="metadata.name", detail=error.message)]
        case errors.NotFoundError():
            sentence = text("The cluster does not recognize this kind, or the namespace no longer exists.")
        case errors.WebhookUnavailableError():
            sentence = text(
                "A webhook of the cluster is not responding, so no {kind} can be created now. Try again in a moment; your text is kept.",
                kind=document.kind.kind,
            )
        case errors.UnavailableError() | errors.TooManyRequestsError():
            sentence = text(
                "The cluster is not responding right now. Try again in a moment; your YAML is kept."
            )
        case errors.ForbiddenError():
            sentence = text("The cluster rejected {kind} {name}.", **values)
        case _:
            sentence = text("{kind} {name} is not valid.", **values)
    return [Problem(sentence, detail=error.message)]


def _page(visit: Visit, model: CreateService) -> Response:
    html = visit.site.renderer.page(visit, _TEMPLATE, model=model)
    status = 503 if model.is_unavailable else 422 if model.has_failed else 200
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
