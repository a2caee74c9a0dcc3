"""Creating from pasted YAML: documents in order, and a report of what became of each."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.create import CreateRequest, create
from modelsweb.viewmodels import create_service
from modelsweb.viewmodels.create_service import CreateService
from modelsweb.web.site import Visit

_TEMPLATE = "screens/create_service.html"
_ARRIVAL_SECONDS = 3.0


async def form(visit: Visit) -> Response:
    """The empty form."""
    may_create = await visit.site.reader.allows(visit.user, INFERENCE_SERVICE, "create", visit.namespace)
    return _page(visit, CreateService(visit.namespace, create_service.EXAMPLE, may_create=may_create))


async def submit(visit: Visit) -> Response:
    """Creates what was pasted; leads to the new service, or answers the page with a report, and keeps the text where
    anything failed."""
    source = visit.form.get("yaml").replace("\r\n", "\n")
    request = CreateRequest(
        namespace=visit.namespace, source=source, max_bytes=visit.site.config.web.most_bytes
    )
    outcome = await create(visit.site.operations, visit.user, request)
    model = create_service.of_outcome(visit.namespace, source, outcome)
    new = model.new_service
    if new is not None and await visit.site.objects.comes(
        visit.user, INFERENCE_SERVICE, visit.namespace, new.ref.name, new.uid, seconds=_ARRIVAL_SECONDS
    ):
        return RedirectResponse(visit.urls.service(visit.namespace, new.ref.name) + "#created", 303)
    return _page(visit, model)


def _page(visit: Visit, model: CreateService) -> Response:
    html = visit.site.renderer.page(visit, _TEMPLATE, model=model)
    status = 503 if model.is_unavailable else 422 if model.has_failed else 200
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
