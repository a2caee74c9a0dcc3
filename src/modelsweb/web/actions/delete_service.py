"""Deleting: a page that asks first, and the deed."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.errors import Problem
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.delete import delete
from modelsweb.topology.impact import Impact
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.sentences import explain
from modelsweb.web import objects
from modelsweb.web.impact import impact_of
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/delete_service.html"


async def confirm(context: RequestContext) -> Response:
    """What will go, and the question."""
    root = await objects.root(context, INFERENCE_SERVICE)
    may = await context.site.authorization.allows(
        context.user, INFERENCE_SERVICE, verb="delete", namespace=context.namespace, name=context.name
    )
    return _page(
        context,
        200,
        uid=root.uid,
        may_delete=may,
        impact=await impact_of(context, objects.target(context, INFERENCE_SERVICE)),
    )


async def submit(context: RequestContext) -> Response:
    """Deletes with all that it owns, then leads back to the list, where the row says so until the object is gone."""
    uid = context.form.get("uid")
    if context.form.get("confirm").strip() != context.name:
        found = await impact_of(context, objects.target(context, INFERENCE_SERVICE))
        if found is None or not found.is_harmless:
            return _page(
                context, errors.InvalidError.status, uid=uid, may_delete=True, impact=found, mismatch=True
            )
    outcome = await delete(
        context.site.operations,
        context.user,
        target=objects.target(context, INFERENCE_SERVICE, uid=uid),
    )
    if outcome.problems:
        [problem] = outcome.problems
        return _page(context, errors.status_of(problem.code), uid=uid, may_delete=True, problem=problem)
    return RedirectResponse(context.urls.services(context.namespace), 303)


def _page(
    context: RequestContext,
    status: int,
    *,
    uid: str,
    may_delete: bool,
    impact: Impact | None = None,
    mismatch: bool = False,
    problem: Problem | None = None,
) -> Response:
    html = context.site.renderer.page(
        context,
        _TEMPLATE,
        uid=uid,
        may_delete=may_delete,
        impact=impact,
        mismatch=mismatch,
        access_request=context.access_request(INFERENCE_SERVICE, verb="delete"),
        command=kubectl.delete(INFERENCE_SERVICE, context.namespace, name=context.name),
        problem=problem,
        explained=explain(problem) if problem is not None else None,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
