"""Creating from pasted YAML: documents in order, and a report of what became of each."""

import asyncio
from dataclasses import replace

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.text import text
from modelsweb.viewmodels import create_service
from modelsweb.viewmodels.create_service import CreateService, Outcome, Planned, Problem
from modelsweb.web.site import Visit

_TEMPLATE = "screens/create_service.html"


async def form(visit: Visit) -> Response:
    """The empty form."""
    may_create = await visit.site.reader.allows(visit.user, INFERENCE_SERVICE, "create", visit.namespace)
    return _page(visit, CreateService(visit.namespace, create_service.EXAMPLE, may_create=may_create))


async def submit(visit: Visit) -> Response:
    """Creates what was pasted; answers the page with a report, and keeps the text where anything failed."""
    source = visit.form.get("yaml").replace("\r\n", "\n")
    return _page(visit, await create(visit, source))


async def create(visit: Visit, source: str) -> CreateService:
    """The report: 1 MiB at most, nothing sent while the text is wrong, the first refusal stops the rest."""
    namespace, most = visit.namespace, visit.site.config.web.most_bytes
    if len(source.encode()) > most:
        problem = Problem(text("The text is larger than {most} bytes.", most=most))
        return CreateService(namespace, source, problems=(problem,))
    # In a thread: a long text takes a good part of a second, in which every stream would stand still.
    planned, problems, cost = await asyncio.to_thread(_plan, visit, source)
    visit.site.rates.spend(visit.user, cost)
    if problems:
        return CreateService(namespace, source, problems=problems)
    outcomes: list[Outcome] = []
    for document in planned:
        if any(outcome.state == "failed" for outcome in outcomes):
            outcomes.append(create_service.waiting(document, "skipped"))
            continue
        outcomes.append(create_service.located(await _create_one(visit, document), source))
    return CreateService(namespace, source, outcomes=tuple(outcomes))


def _plan(visit: Visit, source: str) -> tuple[tuple[Planned, ...], tuple[Problem, ...], float]:
    """The plan, and the seconds of a core that it took."""
    started = visit.site.rates.cpu()
    planned, problems = create_service.plan(source, visit.namespace)
    return planned, problems, visit.site.rates.cpu() - started


async def _create_one(visit: Visit, document: Planned) -> Outcome:
    try:
        created = await visit.site.writer.create(
            visit.user, document.kind, visit.namespace, document.manifest
        )
    except errors.ModelswebError as error:
        return create_service.waiting(document, "failed", tuple(_problems(error, document)))
    return replace(create_service.waiting(document, "created"), name=created.name)


def _problems(error: errors.ModelswebError, document: Planned) -> list[Problem]:
    if error.causes:
        return [
            Problem(text("More may be wrong with it:"), detail=cause.message)
            if not cause.field
            else Problem(
                text("The field {field} is not valid.", field=cause.field),
                field=cause.field,
                detail=cause.message,
            )
            for cause in error.causes
        ]
    values = {"kind": document.kind.kind, "name": document.name}
    match error:
        case errors.AccessDeniedError():
            sentence = text("You may not create {resource} here.", resource=error.attributes.full_resource)
        case errors.AlreadyExistsError():
            sentence = text("{kind} {name} exists already. Choose another name, or edit that one.", **values)
            return [Problem(sentence, field="metadata.name", detail=error.message)]
        case errors.NotFoundError():
            sentence = text("The cluster does not know this kind, or the namespace is gone.")
        case errors.UnavailableError() | errors.TooManyRequestsError():
            sentence = text("The cluster does not answer now. Try again in a moment; the text is kept.")
        case errors.ForbiddenError():
            sentence = text("The cluster refused {kind} {name}.", **values)
        case _:
            sentence = text("{kind} {name} is not valid.", **values)
    return [Problem(sentence, field=_unknown_field(error.message), detail=error.message)]


def _unknown_field(message: str) -> str:
    """The field in a refusal such as ``strict decoding error: unknown field "spec.x"``."""
    _, found, rest = message.partition('unknown field "')
    return rest.partition('"')[0] if found else ""


def _page(visit: Visit, model: CreateService) -> Response:
    html = visit.site.renderer.page(visit, _TEMPLATE, model=model)
    return HTMLResponse(html, 422 if model.has_failed else 200, {"Cache-Control": "no-store"})
