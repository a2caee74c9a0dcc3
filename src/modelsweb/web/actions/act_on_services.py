"""Starting, stopping or deleting what was chosen in the list: a page that asks first, then one result per item."""

from dataclasses import replace

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import is_name
from modelsweb.operations import bulk
from modelsweb.operations.action import Action, Target
from modelsweb.operations.bulk import BulkRequest
from modelsweb.viewmodels import act_on_services
from modelsweb.viewmodels.act_on_services import ActOnServices
from modelsweb.viewmodels.parts.list_query import MOST_ITEMS
from modelsweb.web import listing
from modelsweb.web.site import Visit

_TEMPLATE = "screens/act_on_services.html"


async def confirm(visit: Visit) -> Response:
    """What would be done to which services, and to which it cannot be."""
    return _page(visit, 200, await _question(visit, await _request(visit)))


async def submit(visit: Visit) -> Response:
    """Does it, and says of each what became of it."""
    request = await _request(visit)
    question = await _question(visit, request)
    if question.to_type and visit.form.get("confirm").strip() != question.to_type:
        return _page(visit, 422, replace(question, mismatch=True))
    outcomes = await bulk.act(visit.site.operations, visit.user, request)
    return _page(visit, 200, act_on_services.of_outcomes(request.action, outcomes, is_report=True))


async def _question(visit: Visit, request: BulkRequest) -> ActOnServices:
    reviewed = await bulk.review(visit.site.operations, visit.user, request)
    return act_on_services.of_outcomes(request.action, reviewed, is_report=False)


async def _request(visit: Visit) -> BulkRequest:
    """What the form asks for."""
    try:
        action = Action(visit.form.get("action"))
    except ValueError:
        raise errors.BadRequestError("The field action must be one of start, stop, delete.") from None
    targets = act_on_services.chosen(visit.form.all("item"))
    if visit.form.get("all"):
        audience = await listing.admit(visit)
        async with visit.site.rates.turn(visit.user):
            matches = listing.build(visit.site, audience).matches[:MOST_ITEMS]
        targets = tuple(Target(row.namespace, row.name, row.uid) for row in matches)
    if any(not is_name(name) for target in targets for name in (target.namespace, target.name)):
        raise errors.BadRequestError("The field item must be NAMESPACE/NAME/UID, with names of Kubernetes.")
    return BulkRequest(kind=INFERENCE_SERVICE, action=action, targets=targets)


def _page(visit: Visit, status: int, model: ActOnServices) -> Response:
    html = visit.site.renderer.page(visit, _TEMPLATE, model=model, query=visit.request.url.query)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
