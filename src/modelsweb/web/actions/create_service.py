"""Creating from pasted YAML: documents in order, and a report of what became of each."""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.create import CreateRequest, create
from modelsweb.viewmodels import create_service
from modelsweb.viewmodels.create_service import CreateService
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/create_service.html"
_ARRIVAL_SECONDS = 3.0


async def form(context: RequestContext) -> Response:
    """The empty form."""
    may_create = await context.site.authorization.allows(
        context.user, INFERENCE_SERVICE, verb="create", namespace=context.namespace
    )
    return _page(
        context,
        CreateService(namespace=context.namespace, source=create_service.EXAMPLE, may_create=may_create),
    )


async def submit(context: RequestContext) -> Response:
    """Creates what was pasted; leads to the new service, or answers the page with a report, and keeps the text where
    anything failed."""
    source = context.form.get("yaml").replace("\r\n", "\n")
    request = CreateRequest(
        namespace=context.namespace, source=source, max_bytes=context.site.config.web.max_bytes
    )
    outcome = await create(context.site.operations, context.user, request=request)
    model = create_service.of_outcome(context.namespace, source, outcome=outcome)
    new = model.new_service
    if new is not None and await context.site.reader.comes(
        context.user,
        INFERENCE_SERVICE,
        namespace=context.namespace,
        name=new.ref.name,
        uid=new.uid,
        seconds=_ARRIVAL_SECONDS,
    ):
        return RedirectResponse(context.urls.service(context.namespace, new.ref.name) + "#created", 303)
    return _page(context, model)


def _page(context: RequestContext, model: CreateService) -> Response:
    html = context.site.renderer.page(context, _TEMPLATE, model=model)
    status = 503 if model.is_unavailable else 422 if model.has_failed else 200
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
