"""Deleting: a page that asks first, and the deed."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.errors import Problem
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.delete import DeleteRequest, delete
from modelsweb.viewmodels.parts.sentences import explain
from modelsweb.web.site import Visit

_TEMPLATE = "screens/delete_service.html"


async def confirm(visit: Visit) -> Response:
    """What will go, and the question."""
    objects = visit.site.objects
    snapshot = objects.snapshot(
        await objects.authorize_object(visit.user, INFERENCE_SERVICE, visit.namespace, visit.name)
    )
    if snapshot.gone is not None:
        raise errors.NotFoundError(f'{INFERENCE_SERVICE.full_name} "{visit.name}" not found')
    may = await visit.site.reader.allows(
        visit.user, INFERENCE_SERVICE, "delete", visit.namespace, name=visit.name
    )
    return _page(visit, 200, uid=snapshot.root.uid, may_delete=may)


async def submit(visit: Visit) -> Response:
    """Deletes with all that it owns, then leads back to the list, where the row says so until the object is gone."""
    uid = visit.form.get("uid")
    if visit.form.get("confirm").strip() != visit.name:
        return _page(visit, 422, uid=uid, may_delete=True, mismatch=True)
    outcome = await delete(
        visit.site.operations,
        visit.user,
        DeleteRequest(kind=INFERENCE_SERVICE, namespace=visit.namespace, name=visit.name, uid=uid),
    )
    if outcome.problems:
        [problem] = outcome.problems
        return _page(visit, errors.status_of(problem.code), uid=uid, may_delete=True, problem=problem)
    return RedirectResponse(visit.urls.services(visit.namespace), 303)


def _page(
    visit: Visit,
    status: int,
    *,
    uid: str,
    may_delete: bool,
    mismatch: bool = False,
    problem: Problem | None = None,
) -> Response:
    html = visit.site.renderer.page(
        visit,
        _TEMPLATE,
        uid=uid,
        may_delete=may_delete,
        mismatch=mismatch,
        problem=problem,
        explained=explain(problem) if problem is not None else None,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
