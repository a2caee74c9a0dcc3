"""Deleting: a page that asks first, and the deed."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.web.errors import explain
from modelsweb.web.site import Visit

_TEMPLATE = "screens/delete_service.html"


async def confirm(visit: Visit) -> Response:
    """What will go, and the question."""
    objects = visit.site.objects
    found = objects.snapshot(
        await objects.authorize_object(visit.user, INFERENCE_SERVICE, visit.namespace, visit.name)
    )
    if found.gone is not None:
        raise errors.NotFoundError(f'{INFERENCE_SERVICE.full_name} "{visit.name}" not found')
    may = await visit.site.reader.allows(
        visit.user, INFERENCE_SERVICE, "delete", visit.namespace, name=visit.name
    )
    return _page(visit, 200, uid=found.root.uid, may_delete=may)


async def submit(visit: Visit) -> Response:
    """Deletes with all that it owns, then leads back to the list, where the row says so until the object is gone."""
    uid = visit.form.get("uid")
    if visit.form.get("confirm").strip() != visit.name:
        return _page(visit, 422, uid=uid, may_delete=True, mismatch=True)
    try:
        await visit.site.writer.delete(visit.user, INFERENCE_SERVICE, visit.namespace, visit.name, uid=uid)
    except errors.NotFoundError:
        pass  # gone between two clicks: what was wanted is so
    except errors.ModelswebError as error:
        return _page(visit, error.status, uid=uid, may_delete=True, error=error, explained=explain(error))
    return RedirectResponse(visit.urls.services(visit.namespace), 303)


def _page(
    visit: Visit,
    status: int,
    *,
    uid: str,
    may_delete: bool,
    mismatch: bool = False,
    error: errors.ModelswebError | None = None,
    explained: object = None,
) -> Response:
    html = visit.site.renderer.page(
        visit, _TEMPLATE, uid=uid, may_delete=may_delete, mismatch=mismatch, error=error, explained=explained
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
