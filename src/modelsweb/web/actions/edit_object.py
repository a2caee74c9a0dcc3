"""Editing: the object as YAML, or a part of a service as a few fields; a review of exactly what would change, and the save."""

from dataclasses import replace
from hashlib import sha256

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.restart import restarted
from modelsweb.manifests.text_edit import CannotEditError
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.edit import EditRequest, edit
from modelsweb.operations.facts import device_facts
from modelsweb.operations.outcome import State
from modelsweb.viewmodels import edit_object
from modelsweb.viewmodels.components.form_words import PARTS, RESTART
from modelsweb.viewmodels.edit_object import EditObject
from modelsweb.web import objects
from modelsweb.web.errors import form_status
from modelsweb.web.impact import impact_of
from modelsweb.web.service_form import filled, form_of
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/edit_object.html"
_PART_TEMPLATE = "pages/edit_part.html"
_CHOICE = "choice:"
_REST = "*"


async def form(context: RequestContext) -> Response:
    """The object as it is now. Raises AccessDeniedError, NotFoundError."""
    kind = objects.creatable(context, context.plural or INFERENCE_SERVICE.plural)
    root = await objects.root(context, kind)
    may = await context.site.authorization.allows(
        context.user, kind, verb="patch", namespace=context.namespace, name=context.name
    )
    model = replace(
        edit_object.opened(kind, root, may_edit=may),
        part=_part(kind, context.request.query_params.get("part", "")),
    )
    if model.is_restart:
        found = await impact_of(context, objects.target(context, kind))
        known = await device_facts(context.site.operations, context.user)
        page = edit_object.restarting(model, root, at=context.now, impact=found, facts=known)
        return _page(context, page)
    return _page(context, replace(model, form=await form_of(context, model.source, is_edit=True)))


async def submit(context: RequestContext) -> Response:
    """A review; the save where what was reviewed is what is sent."""
    kind = objects.creatable(context, context.plural or INFERENCE_SERVICE.plural)
    part, base = _part(kind, context.form.get("part")), context.form.document("base")
    source, entered = await filled(context, base if part else context.form.document("yaml"), is_edit=True)
    is_save = context.form.get("step") == "save" and context.form.get("reviewed") == _digest(source)
    if part == RESTART:
        source, is_save = _restarted(context, source), True
    choices = {
        name.removeprefix(_CHOICE): value
        for name, value in context.form.fields
        if name.startswith(_CHOICE) and value
    }
    of_rest = choices.pop(_REST, "")
    request = EditRequest(
        kind=kind,
        namespace=context.namespace,
        name=context.name,
        uid=context.form.get("uid"),
        base=base,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        choices=choices,
        choice_of_rest="" if is_save else of_rest,  # it is for what was seen, and leads to a review
        dry_run=not is_save,
    )
    page = EditObject(
        kind=kind,
        namespace=context.namespace,
        name=context.name,
        uid=request.uid,
        base=base,
        source=source,
        choices=choices,
        form=entered,
        part=part,
    )
    if entered.has_problems:
        return _page(context, page)
    outcome = await edit(context.site.operations, context.user, request=request)
    if outcome.state is State.DONE and not (part and "hx-request" in context.request.headers):
        return RedirectResponse(_address(context, kind) + "#saved", 303)
    try:
        root = await objects.root(context, kind)
    except errors.ModelswebError:
        root = None
    return _page(context, edit_object.answered(page, outcome, root=root))


def _part(kind: Kind, given: str) -> str:
    """The part of an object that is asked for; the whole where there is no such part."""
    return given if given in PARTS.get(kind.kind, {}) else ""


def _restarted(context: RequestContext, source: str) -> str:
    try:
        return restarted(source, context.now)
    except (CannotEditError, ManifestError):
        raise errors.BadRequestError("The field base must be the service as its page was given it.") from None


def _digest(source: str) -> str:
    return sha256(source.encode()).hexdigest()


def _address(context: RequestContext, kind: Kind) -> str:
    return context.urls.of_ref(ObjectRef(kind.full_name, context.namespace, context.name))


def _page(context: RequestContext, model: EditObject) -> Response:
    address = _address(context, model.kind)
    html = context.site.renderer.page(
        context,
        _PART_TEMPLATE if model.part else _TEMPLATE,
        model=model,
        address=address,
        reviewed=_digest(model.source),
        access_request=context.access_request(model.kind, verb="patch"),
    )
    status = form_status(is_refused=model.is_refused, is_unavailable=model.is_unavailable)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
