"""Editing: the object as YAML, a review of exactly what would change, and the save."""

from hashlib import sha256

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.document import BYTE_ORDER_MARK
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.operations.edit import EditRequest, edit
from modelsweb.operations.outcome import State
from modelsweb.viewmodels import edit_object
from modelsweb.viewmodels.edit_object import EditObject
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/edit_object.html"
_CHOICE = "choice:"


async def form(context: RequestContext) -> Response:
    """The object as it is now. Raises AccessDeniedError, NotFoundError."""
    kind = _kind(context)
    root = await _root(context, kind)
    may = await context.site.authorization.allows(
        context.user, kind, verb="patch", namespace=context.namespace, name=context.name
    )
    return _page(context, edit_object.opened(kind, root, may_edit=may))


async def submit(context: RequestContext) -> Response:
    """A review; the save where what was reviewed is what is sent."""
    kind = _kind(context)
    source, base = _text(context, "yaml"), _text(context, "base")
    is_save = context.form.get("step") == "save" and context.form.get("reviewed") == _digest(source)
    choices = {
        name.removeprefix(_CHOICE): value
        for name, value in context.form.fields
        if name.startswith(_CHOICE) and value
    }
    request = EditRequest(
        kind=kind,
        namespace=context.namespace,
        name=context.name,
        uid=context.form.get("uid"),
        base=base,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        choices=choices,
        dry_run=not is_save,
    )
    outcome = await edit(context.site.operations, context.user, request=request)
    if outcome.state is State.DONE:
        return RedirectResponse(_address(context, kind) + "#saved", 303)
    try:
        root = await _root(context, kind)
    except errors.ModelswebError:
        root = None
    page = EditObject(
        kind=kind,
        namespace=context.namespace,
        name=context.name,
        uid=request.uid,
        base=base,
        source=source,
        choices=choices,
    )
    return _page(context, edit_object.answered(page, outcome, root=root))


def _kind(context: RequestContext) -> Kind:
    """The kind in the path; services have a path of their own."""
    if not context.plural:
        return INFERENCE_SERVICE
    found = next((one for one in context.site.reader.kinds if one.plural == context.plural), None)
    if found is None or not found.creatable:
        raise errors.NotFoundError(f"{context.plural[:80]!r} cannot be edited here.")
    return found


async def _root(context: RequestContext, kind: Kind) -> Obj:
    reader = context.site.reader
    grant = await reader.authorize_object(context.user, kind, namespace=context.namespace, name=context.name)
    snapshot = reader.snapshot(grant)
    if snapshot.gone is not None:
        raise errors.NotFoundError(f'{kind.full_name} "{context.name}" not found')
    return snapshot.root


def _text(context: RequestContext, name: str) -> str:
    return context.form.get(name).replace("\r\n", "\n").replace(BYTE_ORDER_MARK, "")


def _digest(source: str) -> str:
    return sha256(source.encode()).hexdigest()


def _address(context: RequestContext, kind: Kind) -> str:
    if kind is INFERENCE_SERVICE:
        return context.urls.service(context.namespace, context.name)
    return context.urls.object(kind.plural, context.namespace, context.name)


def _page(context: RequestContext, model: EditObject) -> Response:
    address = _address(context, model.kind)
    html = context.site.renderer.page(
        context, _TEMPLATE, model=model, address=address, reviewed=_digest(model.source)
    )
    status = 503 if model.is_unavailable else 422 if model.problems or model.conflicts else 200
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
