"""Creating from a form or from YAML: all documents are tried, then sent in order, and a report says what became of each."""

import asyncio
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE, MODEL_SERVICES
from modelsweb.manifests.claim import with_claim
from modelsweb.manifests.form_field import BadValueError
from modelsweb.manifests.starting_point import (
    BLANK,
    LINK_KEYS,
    StartingPoint,
    copy_of,
    from_link,
    templates,
)
from modelsweb.objects.kind import Kind, is_name
from modelsweb.operations.create import CreateRequest, FixPlace, check, create, fix
from modelsweb.text import Text
from modelsweb.viewmodels import create_service
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.service_form import ServiceForm, claim_entry
from modelsweb.viewmodels.create_service import CreateService
from modelsweb.web import objects
from modelsweb.web.channel import partial
from modelsweb.web.errors import form_status
from modelsweb.web.service_form import claim, filled, form_of
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/create_service.html"
_ARRIVAL_SECONDS = 3.0
_LONGEST_NUMBER = 4


async def anywhere(context: RequestContext) -> Response:
    """A link that knows no namespace of its own, or names it in the query: to where it can go on."""
    query = context.request.query_params.multi_items()
    given = next((value for key, value in query if key in {"ns", "namespace"}), "")
    rest = urlencode([(key, value) for key, value in query if key not in {"ns", "namespace"}])
    if is_name(given):
        return RedirectResponse(context.urls.create(given) + (f"?{rest}" if rest else ""), 303)
    return RedirectResponse(context.urls.namespaces("to=create" + (f"&{rest}" if rest else "")), 303)


async def form(context: RequestContext) -> Response:
    """The form: empty, with a template, with what a link says, or with a copy. Raises AccessDeniedError, NotFoundError."""
    may = await asyncio.gather(
        *(
            context.site.authorization.allows(context.user, kind, verb="create", namespace=context.namespace)
            for kind in MODEL_SERVICES
        )
    )
    begun = await _begun(context)
    return _page(
        context,
        CreateService(
            namespace=context.namespace,
            source=begun.text,
            form=await form_of(context, begun.text),
            may_create=any(may),
            notes=create_service.notes(begun, context.request.query_params.get("template", "")),
            templates=create_service.template_rows(context.site.reader.served),
        ),
    )


async def _begun(context: RequestContext) -> StartingPoint:
    """The text with which it begins."""
    query = dict(context.request.query_params)
    if original := query.get("from", ""):
        plural = query.get("kind", "") or INFERENCE_SERVICE.plural
        return await _copied(context, original, kind=objects.creatable(context, plural))
    if any(query.get(key) for key in LINK_KEYS):
        return from_link(query)
    return StartingPoint(text=templates().get(query.get("template", ""), BLANK))


async def _copied(context: RequestContext, name: str, *, kind: Kind) -> StartingPoint:
    """Another object, or one that is gone; only of the same namespace, whose rights were asked for."""
    if not is_name(name):
        raise errors.NotFoundError(f"{name[:80]!r} is not a name that Kubernetes allows.")
    reader = context.site.reader
    grant = await reader.authorize_object(context.user, kind, namespace=context.namespace, name=name)
    snapshot = reader.snapshot(grant)
    return copy_of(snapshot.root.raw, is_taken=snapshot.gone is None)


async def submit(context: RequestContext) -> Response:
    """Creates what was pasted; leads to the new service, or answers the page with a report, and keeps the text where
    anything failed."""
    source, entered = await filled(context, context.form.document("yaml"))
    if entered.has_problems:
        return _page(context, CreateService(namespace=context.namespace, source=source, form=entered))
    if (name := context.form.get("claim")) and context.form.get("step") == "claim":
        return await _with_claim(context, source, name=name, entered=entered)
    request = _request(context, source)
    notes: tuple[Text, ...] = ()
    if asked := context.form.get("fix"):
        mended = None
        if (place := _place(asked)) is not None:
            mended = await fix(context.site.operations, context.user, request=request, place=place)
        notes = create_service.fixed(is_done=mended is not None)
        request = replace(request, source=request.source if mended is None else mended, dry_run=True)
    outcome = await create(context.site.operations, context.user, request=request)
    model = create_service.of_outcome(context.namespace, request.source, outcome=outcome)
    new = model.new_root
    if new is not None and await context.site.reader.comes(
        context.user,
        new.kind,
        namespace=new.namespace,
        name=new.name,
        uid=new.uid,
        seconds=_ARRIVAL_SECONDS,
    ):
        return RedirectResponse(context.urls.of_ref(new.ref) + "#created", 303)
    if request.source != source:
        entered = await form_of(context, request.source)
    return _page(context, replace(model, notes=notes, form=entered))


async def _with_claim(context: RequestContext, source: str, *, name: str, entered: ServiceForm) -> Response:
    """The page again, with a document before the text that makes a volume claim."""
    wanted, problem = claim(context), None
    try:
        source = with_claim(source, name, claim=wanted)
    except BadValueError as error:
        problem = error.problem
    if problem is None:
        entered = await form_of(context, source)
    else:
        entered = replace(entered, claim=claim_entry(wanted, problem))
    return _page(context, CreateService(namespace=context.namespace, source=source, form=entered))


def _place(asked: str) -> FixPlace | None:
    """What a button names: the number of the document, the check and the field."""
    number, *rest = asked.split(":", 2)
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    return FixPlace(int(number), *rest) if is_number and len(rest) == 2 else None


async def concerns(context: RequestContext) -> Response:
    """While a text or the form beside it is being filled in: the form, the text with what was changed there, and what our own
    checks find in it."""
    is_edit = bool(context.form.get("base"))  # of an object that is there
    source, entered = await filled(context, context.form.document("yaml"), is_edit=is_edit)
    request = replace(_request(context, source), base=context.form.document("base"))
    outcome = await check(context.site.operations, context.user, request=request)
    model = replace(create_service.of_outcome(context.namespace, "", outcome=outcome), form=entered)
    parts = ("form_waits",) if entered.waits else ("service_form", *(() if is_edit else ("what_you_get",)))
    fragments = context.site.renderer.fragments(
        context.site,
        context.language,
        template=_TEMPLATE,
        names=("concerns", *parts),
        model=model,
    )
    html = "".join(partial(name.replace("_", "-"), found) for name, found in fragments.items())
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _request(context: RequestContext, source: str) -> CreateRequest:
    return CreateRequest(
        namespace=context.namespace,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        dry_run=context.form.get("step") == "check",
        despite_concerns=context.form.get("despite") == "1",
    )


def _page(context: RequestContext, model: CreateService) -> Response:
    html = context.site.renderer.page(
        context,
        _TEMPLATE,
        model=model,
        command=kubectl.create(context.namespace),
        access_request=context.access_request(INFERENCE_SERVICE, verb="create"),
    )
    status = form_status(is_refused=model.is_refused, is_unavailable=model.is_unavailable)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
