"""The form beside the YAML of a service: groups of fields with what they hold, what they can hold, and what is wrong."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from modelsweb.errors import Code, Problem
from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.manifests.capacity import usual_resources
from modelsweb.manifests.check import Facts
from modelsweb.manifests.claim import ACCESS_MODES, NewClaim
from modelsweb.manifests.concerns import Concern
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.service_form_fields import has_model, is_custom
from modelsweb.objects.obj import Obj, dig
from modelsweb.operations.outcome import FormOutcome
from modelsweb.text import Text, text
from modelsweb.topology.predictor import mode
from modelsweb.topology.wanted_runtime import wanted
from modelsweb.viewmodels.components.capacity import limits, offered
from modelsweb.viewmodels.components.form_help import help_of, is_service, label
from modelsweb.viewmodels.components.form_options import Option, options
from modelsweb.viewmodels.components.form_words import GROUPS, PARTS, RESTART, WIDE, WORDS, Control
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row
from modelsweb.viewmodels.components.storage_access import Way, way
from modelsweb.viewmodels.components.what_you_get import GotRow, what_you_get

_MAX_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field: what it shows (``value``), and what the text has (``was``), which differ where the value cannot be taken.
    ``is_locked`` says that the form cannot change it, ``is_fixed`` that nobody can."""

    field: Field
    label: Text
    value: str
    was: str
    help: Text | None = None
    problem: Text | None = None
    concerns: tuple[Concern, ...] = ()
    """What the checks find where it stands."""
    control: Control = Control.LINE
    options: tuple[Option, ...] = ()
    placeholder: str = ""
    """What holds while nothing is entered."""
    is_required: bool = False
    is_locked: bool = False
    is_fixed: bool = False
    is_wide: bool = False

    @property
    def lines(self) -> int:
        """The height of its control."""
        return min(max(2, self.value.count("\n") + 1), _MAX_LINES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that belong together; ``is_folded`` are those that few need. ``way`` is how the service opens the storage of its
    model, ``notes`` are what else to know."""

    id: str
    title: Text
    rows: tuple[FieldRow, ...]
    is_folded: bool = False
    way: Way | None = None
    notes: tuple[Text, ...] = ()

    @property
    def is_open(self) -> bool:
        """It has something to show."""
        return not self.is_folded or any(row.value or row.problem or row.concerns for row in self.rows)


_IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_DEFAULT_CLASS = text("Empty means the default of the cluster.")
_NO_DEFAULT_CLASS = text(
    "This cluster has no default class: without one the claim waits for a volume made by hand."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEntry:
    """A volume claim as it was entered, which the form adds to the text, and what is wrong with it."""

    claim: NewClaim = field(default_factory=NewClaim)
    problem: Text | None = None
    access_modes: tuple[str, ...] = ACCESS_MODES


def claim_entry(claim: NewClaim, problem: Problem | None) -> ClaimEntry:
    """What was entered, with what stands against it."""
    return ClaimEntry(claim=claim, problem=problem_row(problem).text if problem is not None else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceForm:
    """The form. Without groups there is none: ``waits`` says what is wrong with the text, else it describes no service."""

    groups: tuple[Group, ...] = ()
    waits: ProblemRow | None = None
    namespace: str = ""
    document: int = 0
    """The number of the document that it is about."""
    choices: tuple[tuple[int, str, str], ...] = ()
    """The documents that have a form: number, kind and name."""
    claim: ClaimEntry = field(default_factory=ClaimEntry)
    storage_classes: tuple[str, ...] = ()
    """Those that a new claim may name, as far as they are known."""
    default_class: Text = _DEFAULT_CLASS
    explain: str = ""
    """The query of the page that explains the choice of the runtime; empty where none is to be chosen."""
    gets: tuple[GotRow, ...] = ()
    """What becomes of the service as it is written."""
    is_edit: bool = False
    edited: str | None = None
    """The text, where the form changed it."""
    pending: tuple[tuple[Field, str, str], ...] = ()
    """While it waits: the fields that the user changed, what stood there before, and what they entered."""

    @property
    def has_problems(self) -> bool:
        """Some fields hold what they cannot."""
        return any(row.problem for group in self.groups for row in group.rows)


_REQUIRED = {Field.URI, Field.NAME, Field.FORMAT}
_FIXED = {Field.NAME, Field.MODE}
"""What an object keeps for its life."""
_OF_KSERVE_MODEL = {Field.FORMAT, Field.VERSION, Field.RUNTIME}
_OF_ANY_MODEL = {Field.URI, Field.PROTOCOL, Field.STORAGE_KEY, Field.STORAGE_PATH}


def build(
    outcome: FormOutcome,
    *,
    given: Mapping[Field, str],
    was: Mapping[Field, str],
    source: str,
    is_edit: bool,
    document: int = 0,
) -> ServiceForm:
    """The form of a text; ``given`` is what the user entered, ``was`` what stood there before, ``source`` the text that they
    sent, and ``document`` the number of the document that they filled in."""
    pending = tuple(
        (field, was[field], value) for field, value in given.items() if field in was and was[field] != value
    )
    edited = outcome.source if outcome.source != source else None
    if outcome.waits is not None:
        return ServiceForm(
            waits=problem_row(outcome.waits), pending=pending, is_edit=is_edit, document=document
        )
    if outcome.document is None:
        return ServiceForm(is_edit=is_edit, edited=edited)
    values, service = outcome.document.values(), outcome.document.service
    at_fields: defaultdict[Field, list[Concern]] = defaultdict(list)
    for concern in outcome.concerns:
        if (place := outcome.document.field_at(concern.hit.path)) is not None:
            at_fields[place].append(concern)
    rows = {
        field: replace(
            _row(field, service, values=values, outcome=outcome, given=given, is_edit=is_edit),
            concerns=tuple(at_fields[field]),
        )
        for field in outcome.document.fields
        if field not in _absent(service, outcome.facts)
    }
    classes = outcome.facts.storage_classes
    return ServiceForm(
        storage_classes=tuple(one.name for one in classes or ()),
        default_class=_default_class(classes),
        groups=tuple(
            Group(
                id=name,
                title=title,
                rows=tuple(rows[field] for field in fields if field in rows),
                is_folded=is_folded,
                way=way(service, outcome.facts) if name == "access" else None,
                notes=_notes(outcome.facts, fields) if name == "resources" else (),
            )
            for name, title, fields, is_folded in GROUPS[service.kind]
        ),
        explain=_explain(service),
        gets=() if is_edit else what_you_get(service, outcome.facts),
        namespace=outcome.facts.namespace,
        document=outcome.document.number,
        choices=tuple(
            (number, found.kind, found.name)
            for number in outcome.document.numbers
            for found in (outcome.document.documents[number - 1],)
        ),
        is_edit=is_edit,
        edited=edited,
    )


def _explain(service: Obj) -> str:
    asked = wanted(service) if service.kind == INFERENCE_SERVICE.kind else None
    if asked is None:
        return ""
    query = {"format": asked.format, "version": asked.version, "protocol": asked.protocol}
    workers = {"workers": "1"} if asked.has_workers else {}
    return urlencode({key: value for key, value in query.items() if value} | workers)


def _absent(service: Obj, facts: Facts) -> set[Field]:
    """What a service of its kind does not have, nor its cluster."""
    if service.kind == LLM_INFERENCE_SERVICE.kind:
        return (
            {Field.RUNTIME} if facts.spec_fields is not None and "runtime" not in facts.spec_fields else set()
        )
    if service.kind != INFERENCE_SERVICE.kind:
        return set()
    is_known = facts.spec_fields is None or "tracing" in facts.spec_fields
    absent = set() if is_known else {Field.TRACING, Field.TRACING_ENDPOINT}
    if is_custom(service):
        return absent | _OF_KSERVE_MODEL | _OF_ANY_MODEL
    return absent if has_model(service) else absent | _OF_KSERVE_MODEL


def _default_class(classes: tuple[Obj, ...] | None) -> Text:
    """Which class a claim gets that names none."""
    if classes is None:
        return _DEFAULT_CLASS
    name = next((one.name for one in classes if one.annotation(_IS_DEFAULT) == "true"), "")
    return text("Empty means {name}, the default of the cluster.", name=name) if name else _NO_DEFAULT_CLASS


def _notes(facts: Facts, fields: tuple[Field, ...]) -> tuple[Text, ...]:
    """What the cluster has, of what is asked for here."""
    return (*((offered(facts),) if Field.GPU in fields else ()), *limits(facts))


def parts(service: Obj) -> Mapping[str, Text]:
    """The parts of an object that can be changed by themselves; none of a kind that has no form."""
    left_out = {RESTART, *({"model"} if is_service(service) and is_custom(service) else ())}
    if mode(service) != "Knative":
        left_out.add("canary")
    known = PARTS.get(service.kind, {})
    return {name: title for name, (title, _) in known.items() if name not in left_out}


def _row(
    field: Field,
    service: Obj,
    *,
    values: Mapping[Field, str],
    outcome: FormOutcome,
    given: Mapping[Field, str],
    is_edit: bool,
) -> FieldRow:
    problem = outcome.problems.get(field)
    value = values.get(field, "")
    said = problem_row(problem).text if problem is not None else None
    is_fixed = is_edit and field in _FIXED
    is_kept = problem is not None and problem.code is not Code.NOT_IN_FORM
    return FieldRow(
        field=field,
        label=label(field, service, values=values),
        value=given.get(field, value) if is_kept else value,
        was=value,
        help=help_of(field, service, facts=outcome.facts),
        problem=said,
        control=_control(field, service),
        options=options(field, service, facts=outcome.facts, value=value),
        placeholder=_effective(field, service, facts=outcome.facts),
        is_required=field in _REQUIRED
        and (field is Field.NAME or not is_service(service) or has_model(service)),
        is_locked=is_fixed or field not in values,
        is_fixed=is_fixed,
        is_wide=field in WIDE,
    )


_RESOURCES: Mapping[Field, tuple[str, str]] = {
    Field.CPU: ("requests", "cpu"),
    Field.MEMORY: ("requests", "memory"),
    Field.CPU_LIMIT: ("limits", "cpu"),
    Field.MEMORY_LIMIT: ("limits", "memory"),
}


def _effective(field: Field, service: Obj, *, facts: Facts) -> str:
    """What the runtime brings along where the service says nothing."""
    if field not in _RESOURCES or not has_model(service):
        return ""
    value = dig(usual_resources(service, facts), *_RESOURCES[field])
    return str(value) if isinstance(value, str | int) else ""


def _control(field: Field, service: Obj) -> Control:
    """An LLM service may name a runtime that nobody lists."""
    if field is Field.RUNTIME and not is_service(service):
        return Control.SUGGESTED
    return WORDS[field].control
