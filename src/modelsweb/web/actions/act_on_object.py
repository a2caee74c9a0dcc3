"""Stopping, starting or deleting an object of any root kind: a page that asks first, and the deed."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.errors import Problem
from modelsweb.objects.kind import Kind
from modelsweb.operations.action import Action
from modelsweb.operations.delete import DeleteRequest, delete
from modelsweb.operations.outcome import Outcome
from modelsweb.operations.stop import StopRequest, stop
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
        context.user, kind, verb=_verb(action), namespace=context.namespace, name=context.name
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
    if action is Action.DELETE and context.form.get("confirm").strip() != context.name:
        impact = await impact_of_object(context, objects.target(context, kind))
        return _page(context, 422, kind=kind, action=action, uid=uid, may=True, impact=impact, mismatch=True)
    outcome = await _act(context, kind, action=action, uid=uid)
    if outcome.problems:
        [problem] = outcome.problems
        status = errors.status_of(problem.code)
        return _page(context, status, kind=kind, action=action, uid=uid, may=True, problem=problem)
    urls = context.urls
    to = (
        urls.objects(kind.plural, context.namespace)
        if action is Action.DELETE
        else urls.object(kind.plural, context.namespace, context.name)
    )
    return RedirectResponse(to, 303)


async def _act(context: RequestContext, kind: Kind, *, action: Action, uid: str) -> Outcome:
    gateway, user = context.site.operations, context.user
    namespace, name = context.namespace, context.name
    if action is Action.DELETE:
        request = DeleteRequest(kind=kind, namespace=namespace, name=name, uid=uid)
        return await delete(gateway, user, request=request)
    is_stopped = action is Action.STOP
    return await stop(
        gateway,
        user,
        request=StopRequest(kind=kind, namespace=namespace, name=name, uid=uid, is_stopped=is_stopped),
    )


def _asked(context: RequestContext, given: str) -> tuple[Kind, Action]:
    """Raises NotFoundError, and BadRequestError for an action that the kind does not have."""
    kind = objects.kind_of(context)
    try:
        action = Action(given)
    except ValueError:
        raise errors.BadRequestError("The field action must be one of start, stop, delete.") from None
    if _verb(action) not in kind.verbs:
        raise errors.NotFoundError(f"{kind.kind} cannot be changed here.")
    if action is not Action.DELETE and kind not in STOPPABLE:
        raise errors.BadRequestError(f"{kind.kind} cannot be stopped or started.")
    return kind, action


def _verb(action: Action) -> str:
    return "delete" if action is Action.DELETE else "patch"


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
    namespace, name = context.namespace, context.name
    command = (
        kubectl.delete(kind, namespace, name=name)
        if action is Action.DELETE
        else kubectl.stop(kind, namespace, name=name, is_stopped=action is Action.STOP)
    )
    html = context.site.renderer.page(
        context,
        _TEMPLATE,
        kind=kind,
        action=action,
        uid=uid,
        may=may,
        impact=impact,
        mismatch=mismatch,
        access_request=context.access_request(kind, verb=_verb(action)),
        command=command,
        problem=problem,
        explained=explain(problem) if problem is not None else None,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
