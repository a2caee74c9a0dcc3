"""The document that a form is about, and a text with some of its fields changed.

The text stays the document: a field is read from it, and a change of a field is an edit of the text at the place of that
field (``text_edit``). Each kind that has a form has a module of its fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modelsweb.errors import Code, Problem
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.manifests import graph_form_fields, llm_form_fields, service_form_fields
from modelsweb.manifests.document import Document, expanded, parse
from modelsweb.manifests.form_field import BadValueError, Field, FormField, LockedError
from modelsweb.manifests.service_document import Path
from modelsweb.manifests.text_edit import CannotEditError, edited
from modelsweb.objects.obj import Obj

MAX_TEXT = 200_000
"""Each change reads the text again: a longer one is left to its author."""
_MAX_VALUE = 20_000
_MAX_CHANGES = 60
"""Of one field; each takes some milliseconds."""
_OF_LINES = {
    Field.ARGUMENTS,
    Field.ENVIRONMENT,
    Field.LABELS,
    Field.PULL_SECRETS,
    Field.NODE_SELECTOR,
    Field.ANNOTATIONS,
    Field.LORA,
    Field.SOURCES,
    Field.BASE_REFS,
    Field.GRAPH_STEPS,
    Field.GRAPH_NODES,
}
FORMS: Mapping[str, Mapping[Field, FormField]] = {
    INFERENCE_SERVICE.kind: service_form_fields.FIELDS,
    LLM_INFERENCE_SERVICE.kind: llm_form_fields.FIELDS,
    INFERENCE_GRAPH.kind: graph_form_fields.FIELDS,
}
"""The fields of each kind that has a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDocument:
    """A document of a text that has a form: its number among the documents (from 1), the numbers of all that have one, and all
    documents."""

    number: int
    service: Obj
    numbers: tuple[int, ...] = ()
    written: tuple[Document, ...] = ()

    @property
    def documents(self) -> tuple[Obj, ...]:
        """All documents, empty where one is no object."""
        return tuple(Obj(one.value if isinstance(one.value, dict) else {}) for one in self.written)

    @property
    def fields(self) -> Mapping[Field, FormField]:
        """Those of its kind."""
        return FORMS[self.service.kind]

    def values(self) -> dict[Field, str]:
        """What the fields hold; those that are locked are left out."""
        found = {}
        for field, one in self.fields.items():
            try:
                found[field] = one.read(self.service)
            except LockedError:
                continue
        return found

    def field_at(self, path: Path) -> Field | None:
        """The field that shows what stands at a place; the narrowest, where it stands in that of several."""
        places = {}
        for field, one in self.fields.items():
            try:
                places[field] = one.place(self.service)
            except LockedError:
                continue
        around = [field for field, place in places.items() if path[: len(place)] == place]
        return max(around, key=lambda field: len(places[field]), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A text with changed fields, and what stands against those that were not changed."""

    source: str
    problems: Mapping[Field, Problem]


def form_document(source: str, number: int = 0) -> FormDocument | None:
    """The document that the form is about: that of a number (from 1) where it has a form, else the first that has one; None where
    none does. Raises ManifestError."""
    documents: list[Document] = [item for one in parse(source) for item in expanded(one)]
    with_form = [
        (place, one.value)
        for place, one in enumerate(documents, start=1)
        if isinstance(one.value, dict) and one.value.get("kind") in FORMS
    ]
    if not with_form:
        return None
    number, value = next((one for one in with_form if one[0] == number), with_form[0])
    return FormDocument(
        number=number,
        numbers=tuple(one[0] for one in with_form),
        service=Obj(value),
        written=tuple(documents),
    )


def filled(source: str, *, was: Mapping[Field, str], given: Mapping[Field, str], number: int = 0) -> Filled:
    """The text with what a user changed in the form of the document of a number: what differs from what the form held before,
    where that is known, and from what the text says. Raises ManifestError."""
    problems: dict[Field, Problem] = {}
    changed = {field for field in given if was.get(field) != given[field]}
    begun = form_document(source, number) if changed else None
    for field in begun.fields if begun is not None else ():
        if field not in changed:
            continue
        value = given[field].strip("\n" if field in _OF_LINES else None)
        document = form_document(source, number)
        if document is None:
            break
        form_field = document.fields[field]
        try:
            if len(value) > _MAX_VALUE:
                raise BadValueError(Code.VALUE_TOO_LONG, max=_MAX_VALUE)
            if form_field.read(document.service) == value:
                continue
            changes = form_field.changes(document.service, value)
            if len(changes) > _MAX_CHANGES:
                raise BadValueError(Code.TOO_MANY_CHANGES, max=_MAX_CHANGES)
            source = edited(source, document.number, changes=changes)
        except BadValueError as error:
            problems[field] = error.problem
        except (CannotEditError, LockedError):
            problems[field] = Problem(code=Code.NOT_IN_FORM)
    return Filled(source=source, problems=problems)


def fields_of(names: Iterable[tuple[str, str]], prefix: str) -> dict[Field, str]:
    """The fields among what a page sent, whose names begin with a word; others mean nothing."""
    known = {f"{prefix}{field}": field for field in Field}
    return {known[name]: value.replace("\r\n", "\n") for name, value in names if name in known}
