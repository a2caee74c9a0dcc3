"""The form beside a text: what it changed is taken into the text before anything else is done with it."""

from dataclasses import replace

from modelsweb.manifests.claim import ACCESS_MODES, NewClaim
from modelsweb.manifests.form import fields_of
from modelsweb.operations.fill_form import FormRequest, fill_form
from modelsweb.viewmodels.components import service_form
from modelsweb.viewmodels.components.service_form import ServiceForm
from modelsweb.web.site import RequestContext

_LONGEST_NUMBER = 4


async def filled(context: RequestContext, source: str, *, is_edit: bool = False) -> tuple[str, ServiceForm]:
    """A text with what the user changed in the form that was sent along, and the form as it is then."""
    given, was = (fields_of(context.form.fields, prefix) for prefix in ("form:", "was:"))
    document = _number(context.form.get("document-was"))
    outcome = await fill_form(
        context.site.operations,
        context.user,
        request=FormRequest(
            namespace=context.namespace,
            source=source,
            max_bytes=context.site.config.web.max_bytes,
            was=was,
            given=given,
            document=document,
            next_document=_number(context.form.get("document")),
            is_edit=is_edit,
        ),
    )
    form = service_form.build(
        outcome, given=given, was=was, source=source, is_edit=is_edit, document=document
    )
    return outcome.source, replace(form, claim=service_form.claim_entry(claim(context), None))


def claim(context: RequestContext) -> NewClaim:
    """The volume claim that was entered."""
    size, access_mode, storage_class = (
        context.form.get(f"claim-{name}").strip() for name in ("size", "access-mode", "class")
    )
    return NewClaim(size=size, access_mode=access_mode or ACCESS_MODES[0], storage_class=storage_class)


def _number(given: str) -> int:
    """The number of a document; 0 for what is none."""
    is_number = given.isascii() and given.isdecimal() and len(given) <= _LONGEST_NUMBER
    return int(given) if is_number else 0


async def form_of(context: RequestContext, source: str, *, is_edit: bool = False) -> ServiceForm:
    """The form of a text, whatever was sent."""
    request = FormRequest(
        namespace=context.namespace,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        is_edit=is_edit,
    )
    outcome = await fill_form(context.site.operations, context.user, request=request)
    return service_form.build(outcome, given={}, was={}, source=source, is_edit=is_edit)
