"""Stopping, starting or deleting an object of any root kind: a page that asks first, and the deed."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.errors import Problem
from modelsweb.objects.kind import Kind
from modelsweb.operations.action import Action
from modelsweb.operations.bulk import act_on
from modelsweb.topology.impact import Impact
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.object_head import STOPPABLE
from modelsweb.viewmodels.components.sentences import explain
from modelsweb.web import objects
from modelsweb.web.impact import impact_of_object
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/act_on_object.html"


async def confirm(context: RequestContext) -> Response:
    """What would be done, and the question. Raises AccessDeniedError, NotFoundError."""
    kind, action = _asked(context, context.request.query_params.get("action", Action.DELETE.value))
    root = await objects.root(context, kind)
    may = await context.site.authorization.allows(
        context.user, kind, verb=action.verb, namespace=context.namespace, name=context.name
    )
    impact = (
        await impact_of_object(context, objects.target(context, kind))
        if may and action is not Action.START
        else None
    )
    return _page(context, 200, kind=kind, action=action, uid=root.uid, may=may, impact=impact)


async def submit(context: RequestContext) -> Response:
    """Does it; who deletes types the name. Leads to the object's page, and after a deletion to the list."""
    kind, action = _asked(context, context.form.get("action"))
    uid = context.form.get("uid")
    target = objects.target(context, kind, uid=uid)
    if action is Action.DELETE and context.form.get("confirm").strip() != context.name:
        impact = await impact_of_object(context, target)
        status = errors.InvalidError.status
        return _page(
            context, status, kind=kind, action=action, uid=uid, may=True, impact=impact, mismatch=True
        )
    outcome = await act_on(context.site.operations, context.user, action=action, target=target)
    if outcome.problems:
        [problem] = outcome.problems
        status = errors.status_of(problem.code)
        return _page(context, status, kind=kind, action=action, uid=uid, may=True, problem=problem)
    urls = context.urls
    is_gone = action is Action.DELETE
    to = urls.objects(kind.plural, context.namespace) if is_gone else urls.of_ref(target.ref)
    return RedirectResponse(to, 303)


def _asked(context: RequestContext, given: str) -> tuple[Kind, Action]:
    """Raises NotFoundError, and BadRequestError for an action that the kind does not have."""
    kind = objects.kind_of(context)
    try:
        action = Action(given)
    except ValueError:
        raise errors.BadRequestError("The field action must be one of start, stop, delete.") from None
    if action.verb not in kind.verbs:
        raise errors.NotFoundError(f"{kind.kind} cannot be changed here.")
    if action is not Action.DELETE and kind not in STOPPABLE:
        raise errors.BadRequestError(f"{kind.kind} cannot be stopped or started.")
    return kind, action


def _page(
    context: RequestContext,
    status: int,
    *,
    kind: Kind,
    action: Action,
    uid: str,
    may: bool,
    impact: Impact | None = None,
    mismatch: bool = False,
    problem: Problem | None = None,
) -> Response:
    html = context.site.renderer.page(
        context,
        _TEMPLATE,
        kind=kind,
        action=action,
        uid=uid,
        may=may,
        impact=impact,
        mismatch=mismatch,
        access_request=context.access_request(kind, verb=action.verb),
        command=kubectl.act(action, objects.target(context, kind)),
        problem=problem,
        explained=explain(problem) if problem is not None else None,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
