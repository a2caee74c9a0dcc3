"""Creating from pasted YAML: all documents are tried, then sent in order, and a report says what became of each."""

from dataclasses import replace

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.document import BYTE_ORDER_MARK
from modelsweb.operations.create import CreateRequest, check, create, fix
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
    request = _request(context)
    number, _, check_id = context.form.get("fix").partition(":")
    if number.isdecimal():
        mended = await fix(
            context.site.operations, context.user, request=request, number=int(number), check_id=check_id
        )
        request = replace(request, source=mended, dry_run=True)
    outcome = await create(context.site.operations, context.user, request=request)
    model = create_service.of_outcome(
        context.namespace,
        request.source,
        outcome=outcome,
        is_despite_concerns=request.despite_concerns,
    )
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


async def concerns(context: RequestContext) -> Response:
    """What our own checks find in the text, while it is being typed."""
    outcome = await check(context.site.operations, context.user, request=_request(context))
    model = create_service.of_outcome(context.namespace, "", outcome=outcome)
    fragments = context.site.renderer.fragments(
        context.site, context.language, template=_TEMPLATE, names=("concerns",), model=model
    )
    return HTMLResponse(fragments["concerns"], headers={"Cache-Control": "no-store"})


def _request(context: RequestContext) -> CreateRequest:
    source = context.form.get("yaml").replace("\r\n", "\n").replace(BYTE_ORDER_MARK, "")
    return CreateRequest(
        namespace=context.namespace,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        dry_run=context.form.get("step") == "check",
        despite_concerns=context.form.get("despite") == "1",
    )


def _page(context: RequestContext, model: CreateService) -> Response:
    html = context.site.renderer.page(context, _TEMPLATE, model=model)
    status = 503 if model.is_unavailable else 422 if model.has_failed or model.is_held_back else 200
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
