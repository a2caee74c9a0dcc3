"""Filling in the form beside a text: what it changes becomes an edit of the text, and what the text says is in the form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.manifests.concerns import concerns
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.form import MAX_TEXT, Filled, FormDocument, filled, form_document
from modelsweb.manifests.form_field import Field
from modelsweb.operations.facts import facts
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import FormOutcome
from modelsweb.operations.reading import too_large


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRequest:
    """A text, and a form beside it: what its fields held (``was``) and what they hold now (``given``), of which document (from 1; 0
    for the first that has a form), and of which it is to be next."""

    namespace: str
    source: str
    max_bytes: int
    was: Mapping[Field, str] = field(default_factory=dict, hash=False)
    given: Mapping[Field, str] = field(default_factory=dict, hash=False)
    document: int = 0
    next_document: int = 0
    is_edit: bool = False
    """The text is that of an object that is there already."""


async def fill_form(gateway: Gateway, user: User, *, request: FormRequest) -> FormOutcome:
    """The text with what was changed in the form, and what the form holds then."""
    outcome = FormOutcome(source=request.source)
    if (problem := too_large(request.source, request.max_bytes)) is not None:
        return replace(outcome, waits=problem)
    if len(request.source) > MAX_TEXT:
        return replace(outcome, waits=Problem(code=Code.TEXT_TOO_LONG_FOR_FORM))
    try:
        done, document = await gateway.rate_limit.aside(user, _filled, request)
    except ManifestError as error:
        return replace(outcome, waits=error.problem)
    if document is None:
        return replace(outcome, source=done.source)
    kinds = {document.service.kind}
    known = await facts(gateway, user, namespace=request.namespace, kinds=kinds)
    if request.is_edit:
        known = replace(known, default_mode="")  # it runs in a mode already
    found = await gateway.rate_limit.aside(user, concerns, done.source, document.written, facts=known)
    return FormOutcome(
        source=done.source,
        document=document,
        problems=done.problems,
        concerns=tuple(one for one in found if one.number == document.number),
        facts=replace(known, documents=document.documents),
    )


def _filled(request: FormRequest) -> tuple[Filled, FormDocument | None]:
    done = filled(request.source, was=request.was, given=request.given, number=request.document)
    return done, form_document(done.source, request.next_document)
