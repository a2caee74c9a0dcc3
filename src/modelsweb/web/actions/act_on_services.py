"""Starting, stopping or deleting what was chosen in the list: a page that asks first, then one result per item."""

from dataclasses import replace

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.objects.kind import is_name
from modelsweb.operations import bulk
from modelsweb.operations.action import Action, BulkRequest
from modelsweb.viewmodels import act_on_services
from modelsweb.viewmodels.act_on_services import ActOnServices
from modelsweb.viewmodels.components.item import chosen
from modelsweb.viewmodels.components.list_query import MAX_ITEMS
from modelsweb.web import listing
from modelsweb.web.impact import impacts_of
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/act_on_services.html"


async def confirm(context: RequestContext) -> Response:
    """What would be done to which services, and to which it cannot be."""
    request = await _request(context)
    return _page(context, 200, model=await _with_impacts(context, await _question(context, request)))


async def submit(context: RequestContext) -> Response:
    """Does it, and says of each what became of it."""
    request = await _request(context)
    question = await _question(context, request)
    typed = context.form.get("confirm").strip()
    if question.to_type not in {"", typed}:
        question = await _with_impacts(context, question)
        if question.to_type not in {"", typed}:
            return _page(context, errors.InvalidError.status, model=replace(question, mismatch=True))
    outcomes = await bulk.act(context.site.operations, context.user, request=request)
    return _page(context, 200, model=act_on_services.of_outcomes(request, outcomes, is_report=True))


async def _question(context: RequestContext, request: BulkRequest) -> ActOnServices:
    reviewed = await bulk.review(context.site.operations, context.user, request=request)
    return act_on_services.of_outcomes(request, reviewed, is_report=False)


async def _with_impacts(context: RequestContext, question: ActOnServices) -> ActOnServices:
    if question.action is Action.START:
        return question
    targets = (one.target for one in question.possible)
    return replace(question, impacts=await impacts_of(context, targets))


async def _request(context: RequestContext) -> BulkRequest:
    """What the form asks for."""
    try:
        action = Action(context.form.get("action"))
    except ValueError:
        raise errors.BadRequestError("The field action must be one of start, stop, delete.") from None
    targets = chosen(context.form.all("item"))
    if context.form.get("all"):
        audience = await listing.admit(context)
        async with context.site.rate_limit.turn(context.user):
            matches = listing.matching(context.site, audience)[:MAX_ITEMS]
        targets = tuple(row.target for row in matches)
    if any(not is_name(name) for target in targets for name in (target.namespace, target.name)):
        raise errors.BadRequestError(
            "The field item must be NAMESPACE/NAME/UID or NAMESPACE/NAME/UID/KINDS, with names of Kubernetes."
        )
    return BulkRequest(action=action, targets=targets)


def _page(context: RequestContext, status: int, *, model: ActOnServices) -> Response:
    html = context.site.renderer.page(context, _TEMPLATE, model=model, query=context.request.url.query)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
