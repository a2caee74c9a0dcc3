"""The form beside the YAML of a service: groups of fields with what they hold, what they can hold, and what is wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from modelsweb.errors import Code
from modelsweb.kinds import KNATIVE_SERVICE, SCALED_OBJECT
from modelsweb.manifests.capacity import usual_resources
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import chain
from modelsweb.manifests.form import LOGGER_MODES, TRACED, Field, device, has_model, is_custom
from modelsweb.manifests.storage import guessed_format
from modelsweb.objects.obj import Obj, dig
from modelsweb.operations.outcome import FormOutcome
from modelsweb.text import Text, text
from modelsweb.topology.predictor import mode
from modelsweb.topology.runtime_selection import DEFAULT_PROTOCOL, PROTOCOLS, Reason, select
from modelsweb.topology.wanted_runtime import formats, meant, wanted
from modelsweb.viewmodels.components.capacity import limits, offered
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row
from modelsweb.viewmodels.components.storage_access import NEEDS, Way, way

_REASONS: Mapping[Reason, Text] = {
    Reason.DISABLED: text("disabled"),
    Reason.MULTI_MODEL: text("for several models in one server"),
    Reason.WORKERS: text("needs worker nodes, or takes none"),
    Reason.FORMAT: text("another format"),
    Reason.VERSION: text("another version of the format"),
    Reason.PROTOCOL: text("another protocol"),
    Reason.NOT_SELECTED: text("only if it is chosen here"),
}
_MAX_LINES = 8


class Control(StrEnum):
    """How a field is entered."""

    LINE = "line"
    NUMBER = "number"
    LINES = "lines"
    CHOICE = "choice"
    SUGGESTED = "suggested"
    """A line, for which values are offered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice; ``words`` are shown instead of it, ``note`` beside it."""

    value: str
    words: Text | None = None
    note: Text | None = None


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
        return not self.is_folded or any(row.value or row.problem for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceForm:
    """The form. Without groups there is none: ``waits`` says what is wrong with the text, else it describes no service."""

    groups: tuple[Group, ...] = ()
    waits: ProblemRow | None = None
    namespace: str = ""
    name: str = ""
    documents: int = 0
    is_edit: bool = False
    edited: str | None = None
    """The text, where the form changed it."""
    pending: tuple[tuple[Field, str, str], ...] = ()
    """While it waits: the fields that the user changed, what stood there before, and what they entered."""

    @property
    def has_problems(self) -> bool:
        """Some fields hold what they cannot."""
        return any(row.problem for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a field, whatever it holds."""

    label: Text
    help: Text | None = None
    control: Control = Control.LINE


_WORDS: Mapping[Field, _Words] = {
    Field.URI: _Words(text("Model address"), text("For example s3://bucket/model, hf://organization/model or pvc://claim/path."), Control.SUGGESTED),
    Field.NAME: _Words(text("Name")),
    Field.FORMAT: _Words(text("Model format"), control=Control.SUGGESTED),
    Field.VERSION: _Words(text("Format version")),
    Field.RUNTIME: _Words(text("Serving runtime"), control=Control.CHOICE),
    Field.PROTOCOL: _Words(text("Protocol"), control=Control.CHOICE),
    Field.IMAGE: _Words(text("Runtime version"), text("Tag of the runtime's image; empty for the runtime's own.")),
    Field.MODE: _Words(text("Deployment mode"), control=Control.CHOICE),
    Field.MIN_REPLICAS: _Words(text("Minimum replicas"), text("Empty means 1."), Control.NUMBER),
    Field.MAX_REPLICAS: _Words(text("Maximum replicas"), None, Control.NUMBER),
    Field.METRIC: _Words(text("Scale on"), control=Control.CHOICE),
    Field.TARGET: _Words(text("Target value"), None, Control.NUMBER),
    Field.CANARY: _Words(text("Canary traffic, %"), text("Knative mode only: the share of the newest revision."), Control.NUMBER),
    Field.CPU: _Words(text("CPU request"), text("For example 500m or 2.")),
    Field.MEMORY: _Words(text("Memory request"), text("For example 4Gi.")),
    Field.CPU_LIMIT: _Words(text("CPU limit")),
    Field.MEMORY_LIMIT: _Words(text("Memory limit")),
    Field.GPU: _Words(text("GPUs"), None, Control.NUMBER),
    Field.ACCOUNT: _Words(text("Service account"), text("Its Secrets hold the credentials for the model address. Empty means default."), Control.SUGGESTED),
    Field.ARGUMENTS: _Words(text("Arguments"), text("One on each line."), Control.LINES),
    Field.ENVIRONMENT: _Words(text("Environment variables"), text("NAME=value, one on each line. Variables from Secrets and ConfigMaps stay as they are."), Control.LINES),
    Field.LABELS: _Words(text("Labels"), text("key=value, one on each line."), Control.LINES),
    Field.TRANSFORMER: _Words(text("Transformer image"), text("A container that reshapes requests before the model sees them. Empty means none.")),
    Field.TIMEOUT: _Words(text("Request timeout, seconds"), None, Control.NUMBER),
    Field.AUTOSCALER: _Words(text("Autoscaler"), text("Standard mode only."), Control.CHOICE),
    Field.CONCURRENCY: _Words(text("Requests at once"), text("Knative mode only: so many in one replica; 0 means no limit."), Control.NUMBER),
    Field.EXPLAINER: _Words(text("Explainer image"), text("A container that explains predictions. Empty means none.")),
    Field.LOGGER_URL: _Words(text("Log requests to"), text("An address that gets each request and answer as a CloudEvent. Empty means none.")),
    Field.LOGGER_MODE: _Words(text("What is logged"), None, Control.CHOICE),
    Field.BATCH_SIZE: _Words(text("Largest batch"), text("Requests are collected into batches before the model sees them. Empty means none."), Control.NUMBER),
    Field.BATCH_LATENCY: _Words(text("Longest wait for a batch, ms"), None, Control.NUMBER),
    Field.TRACING: _Words(text("Tracing"), text("Sends traces to http://otel-collector:4317 and samples 5 %, unless the YAML says otherwise."), Control.CHOICE),
    Field.TRACING_ENDPOINT: _Words(text("Traces go to"), text("Address of an OpenTelemetry collector.")),
    Field.PULL_SECRETS: _Words(text("Image pull Secrets"), text("Names, one on each line."), Control.LINES),
    Field.NODE_SELECTOR: _Words(text("Node selector"), text("Labels that a node must have: key=value, one on each line."), Control.LINES),
    Field.ANNOTATIONS: _Words(text("Annotations"), text("key=value, one on each line. What the cluster writes is not shown."), Control.LINES),
}  # fmt: skip
_WIDE = {
    Field.URI,
    Field.NAME,
    Field.RUNTIME,
    Field.ACCOUNT,
    Field.ARGUMENTS,
    Field.ENVIRONMENT,
    Field.LABELS,
    Field.TRANSFORMER,
    Field.EXPLAINER,
    Field.PULL_SECRETS,
    Field.NODE_SELECTOR,
    Field.ANNOTATIONS,
}
_GROUPS: tuple[tuple[str, Text, tuple[Field, ...], bool], ...] = (
    ("model", text("Model"), (Field.URI, Field.NAME, Field.FORMAT, Field.VERSION), False),
    ("access", text("Access to the model"), (Field.ACCOUNT,), False),
    ("runtime", text("Runtime"), (Field.RUNTIME, Field.PROTOCOL, Field.IMAGE), False),
    (
        "scale",
        text("Scale and traffic"),
        (
            Field.MODE,
            Field.MIN_REPLICAS,
            Field.MAX_REPLICAS,
            Field.METRIC,
            Field.TARGET,
            Field.AUTOSCALER,
            Field.CONCURRENCY,
            Field.CANARY,
        ),
        False,
    ),
    (
        "resources",
        text("Resources of each replica"),
        (Field.CPU, Field.MEMORY, Field.CPU_LIMIT, Field.MEMORY_LIMIT, Field.GPU),
        False,
    ),
    (
        "more",
        text("More"),
        (
            Field.TRANSFORMER,
            Field.ARGUMENTS,
            Field.ENVIRONMENT,
            Field.LABELS,
            Field.ANNOTATIONS,
            Field.TIMEOUT,
        ),
        True,
    ),
    (
        "observe",
        text("Explainer, logger, batcher and tracing"),
        (
            Field.EXPLAINER,
            Field.LOGGER_URL,
            Field.LOGGER_MODE,
            Field.BATCH_SIZE,
            Field.BATCH_LATENCY,
            Field.TRACING,
            Field.TRACING_ENDPOINT,
        ),
        True,
    ),
    ("place", text("Nodes and images"), (Field.NODE_SELECTOR, Field.PULL_SECRETS), True),
)
RESTART = "restart"
PARTS: Mapping[str, tuple[Text, tuple[Field, ...]]] = {
    "replicas": (
        text("Replicas"),
        (Field.MIN_REPLICAS, Field.MAX_REPLICAS, Field.METRIC, Field.TARGET),
    ),
    "resources": (
        text("Resources"),
        (Field.CPU, Field.MEMORY, Field.CPU_LIMIT, Field.MEMORY_LIMIT, Field.GPU),
    ),
    "model": (text("Model address"), (Field.URI, Field.FORMAT, Field.VERSION)),
    "image": (text("Image"), (Field.IMAGE,)),
    "canary": (text("Canary traffic"), (Field.CANARY,)),
    "labels": (text("Labels"), (Field.LABELS,)),
    "environment": (text("Environment and arguments"), (Field.ENVIRONMENT, Field.ARGUMENTS)),
    RESTART: (text("Restart"), ()),
}
"""What can be changed without opening the whole object, by the name in the address."""
_REQUIRED = {Field.URI, Field.NAME, Field.FORMAT}
_FIXED = {Field.NAME, Field.MODE}
"""What an object keeps for its life."""
_OF_KSERVE_MODEL = {Field.FORMAT, Field.VERSION, Field.RUNTIME}
_OF_ANY_MODEL = {Field.URI, Field.PROTOCOL}


def build(
    outcome: FormOutcome,
    *,
    given: Mapping[Field, str],
    was: Mapping[Field, str],
    source: str,
    is_edit: bool,
) -> ServiceForm:
    """The form of a text; ``given`` is what the user entered, ``was`` what stood there before, and ``source`` the text that they
    sent."""
    pending = tuple(
        (field, was[field], value) for field, value in given.items() if field in was and was[field] != value
    )
    edited = outcome.source if outcome.source != source else None
    if outcome.waits is not None:
        return ServiceForm(waits=problem_row(outcome.waits), pending=pending, is_edit=is_edit)
    if outcome.document is None:
        return ServiceForm(is_edit=is_edit, edited=edited)
    values, service = outcome.document.values(), outcome.document.service
    rows = {
        field: _row(field, service, values=values, outcome=outcome, given=given, is_edit=is_edit)
        for field in Field
        if field not in _absent(service, outcome.facts)
    }
    return ServiceForm(
        groups=tuple(
            Group(
                id=name,
                title=title,
                rows=tuple(rows[field] for field in fields if field in rows),
                is_folded=is_folded,
                way=way(service, outcome.facts) if name == "access" else None,
                notes=(offered(outcome.facts), *limits(outcome.facts)) if name == "resources" else (),
            )
            for name, title, fields, is_folded in _GROUPS
        ),
        namespace=outcome.facts.namespace,
        name=service.name,
        documents=len(outcome.document.documents),
        is_edit=is_edit,
        edited=edited,
    )


def _absent(service: Obj, facts: Facts) -> set[Field]:
    """What a service of its kind does not have, nor its cluster."""
    is_known = facts.spec_fields is None or "tracing" in facts.spec_fields
    absent = set() if is_known else {Field.TRACING, Field.TRACING_ENDPOINT}
    if is_custom(service):
        return absent | _OF_KSERVE_MODEL | _OF_ANY_MODEL
    return absent if has_model(service) else absent | _OF_KSERVE_MODEL


def parts(service: Obj) -> Mapping[str, Text]:
    """The parts of a service that can be changed by themselves."""
    left_out = {RESTART, *({"model"} if is_custom(service) else ())}
    if mode(service) != "Knative":
        left_out.add("canary")
    return {name: title for name, (title, _) in PARTS.items() if name not in left_out}


def _row(
    field: Field,
    service: Obj,
    *,
    values: Mapping[Field, str],
    outcome: FormOutcome,
    given: Mapping[Field, str],
    is_edit: bool,
) -> FieldRow:
    words = _WORDS[field]
    problem = outcome.problems.get(field)
    value = values.get(field, "")
    said = problem_row(problem).text if problem is not None else None
    is_fixed = is_edit and field in _FIXED
    is_kept = problem is not None and problem.code is not Code.NOT_IN_FORM
    return FieldRow(
        field=field,
        label=_label(field, service, values=values),
        value=given.get(field, value) if is_kept else value,
        was=value,
        help=_help(field, service, facts=outcome.facts),
        problem=said,
        control=words.control,
        options=tuple(_options(field, service, facts=outcome.facts, value=value)),
        placeholder=_effective(field, service, facts=outcome.facts),
        is_required=field in _REQUIRED and (field is Field.NAME or has_model(service)),
        is_locked=is_fixed or field not in values,
        is_fixed=is_fixed,
        is_wide=field in _WIDE,
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


def _label(field: Field, service: Obj, *, values: Mapping[Field, str]) -> Text:
    if field is Field.IMAGE and is_custom(service):
        return text("Image")
    if field is Field.GPU and field in values and not device(service).startswith("nvidia.com/gpu"):
        return text("Accelerators ({device})", device=device(service))
    return _WORDS[field].label


def _help(field: Field, service: Obj, *, facts: Facts) -> Text | None:
    if field is Field.URI:
        found = chain(service, facts)
        return NEEDS[found.storage] if found is not None else _WORDS[field].help
    if field is Field.FORMAT:
        return _of_format(service)
    if field is Field.RUNTIME:
        return _of_runtime(service, facts)
    if field is Field.IMAGE and is_custom(service):
        return None
    return _WORDS[field].help


def _of_format(service: Obj) -> Text | None:
    given = service.string("spec", "predictor", "model", "modelFormat", "name")
    uri = service.string("spec", "predictor", "model", "storageUri")
    if not given and uri:
        return text("The address does not tell the format. Choose it.")
    if given and uri and guessed_format(uri) == given:
        return text("Fits the address.")
    return None


def _of_runtime(service: Obj, facts: Facts) -> Text | None:
    """Which runtime KServe takes, or what to change so that one fits."""
    asked = wanted(service)
    if asked is None:
        return None
    if facts.runtimes is None:
        return text("You may not list serving runtimes here; which one KServe takes is not checked.")
    chosen = select(facts.runtimes, asked).chosen
    if chosen is not None:
        if asked.runtime:
            return None
        return text("KServe takes {runtime}.", runtime=chosen.name)
    if asked.runtime:
        return text("{runtime} does not fit this model.", runtime=asked.runtime)
    other = meant(facts.runtimes, asked)
    if other.protocol:
        return text(
            "With the default protocol {protocol} no runtime fits; {runtime} serves this format with {other}.",
            protocol=DEFAULT_PROTOCOL,
            other=other.protocol,
            runtime=other.runtime,
        )
    return text(
        "No runtime on this cluster serves {format} with protocol {protocol}.",
        format=f"{asked.format} {asked.version}".strip(),
        protocol=asked.protocol or DEFAULT_PROTOCOL,
    )


def _options(field: Field, service: Obj, *, facts: Facts, value: str) -> Iterator[Option]:
    match field:
        case Field.URI:
            yield from _claims(facts)
        case Field.ACCOUNT:
            yield from _accounts(facts)
        case Field.FORMAT:
            yield from _formats(facts)
        case Field.RUNTIME:
            yield from _runtimes(service, facts, value=value)
        case Field.PROTOCOL:
            yield Option("", text("Automatic"))
            yield from _words(PROTOCOLS, value)
        case Field.MODE:
            yield Option("", text("Default of the cluster"))
            has_knative = facts.has(KNATIVE_SERVICE) is not False
            yield from _words(("Standard", "Knative") if has_knative else ("Standard",), value)
        case Field.AUTOSCALER:
            yield Option("", text("Default of the cluster"))
            classes = ("hpa", "keda", "external", "none")
            known = classes if facts.has(SCALED_OBJECT) is not False else ("hpa", "external", "none")
            yield from _words(known, value)
        case Field.LOGGER_MODE:
            if not value:
                yield Option("", text("Nothing"))
            yield from _words(LOGGER_MODES, value)
        case Field.TRACING:
            yield Option("", text("Off"))
            yield Option(TRACED, text("On"))
        case Field.METRIC:
            yield Option("", text("Default of the mode"))
            metrics = {"Standard": ("cpu", "memory"), "Knative": ("concurrency", "rps")}
            yield from _words(metrics.get(mode(service), ("cpu", "memory", "concurrency", "rps")), value)


def _words(known: tuple[str, ...], value: str) -> Iterator[Option]:
    """The values that are known, and the one that is there, whatever it is."""
    for one in known if value in {"", *known} else (*known, value):
        yield Option(one)


def _claims(facts: Facts) -> Iterator[Option]:
    for claim in sorted(facts.claims or (), key=lambda claim: claim.name):
        size = claim.string("status", "capacity", "storage") or claim.string(
            "spec", "resources", "requests", "storage"
        )
        modes = claim.mapping("spec").get("accessModes")
        access = ", ".join(map(str, modes)) if isinstance(modes, list) else "?"
        is_bound = claim.string("status", "phase") == "Bound"
        note = (
            text("{size}, {access}", size=size or "?", access=access)
            if is_bound
            else text("{size}, {access}, not bound yet", size=size or "?", access=access)
        )
        yield Option(f"pvc://{claim.name}/", note=note)


def _accounts(facts: Facts) -> Iterator[Option]:
    for account in sorted(facts.accounts or (), key=lambda account: account.name):
        names = [str(one["name"]) for one in account.items("secrets") if one.get("name")]
        yield Option(account.name, note=text("Secrets: {names}", names=", ".join(names)) if names else None)


def _formats(facts: Facts) -> Iterator[Option]:
    counts = Counter(
        str(one.get("name"))
        for runtime in facts.runtimes or ()
        for one in runtime.items("spec", "supportedModelFormats")
    )
    for name in sorted(formats(facts.runtimes or ())):
        yield Option(name, note=text("Runtimes: {n}", n=counts[name]))


def _runtimes(service: Obj, facts: Facts, *, value: str) -> Iterator[Option]:
    """What can be named, and what cannot, with the first reason; a namespace's own hides one of the cluster of that name."""
    yield Option("", text("Automatic"))
    asked = wanted(service)
    found: dict[str, Reason | None] = {}
    if asked is not None and facts.runtimes is not None:
        unasked = select(facts.runtimes, replace(asked, runtime=""))
        for runtime in sorted(facts.runtimes, key=lambda one: not one.namespace):
            named = select((runtime,), replace(asked, runtime=runtime.name)).reason(runtime)
            is_taken = unasked.reason(runtime) is None
            found.setdefault(runtime.name, named or (None if is_taken else Reason.NOT_SELECTED))
    for name, reason in sorted(found.items(), key=lambda one: (_rank(one[1]), one[0])):
        yield Option(name, note=_REASONS[reason] if reason is not None else None)
    if value and value not in found:
        yield Option(value)


def _rank(reason: Reason | None) -> int:
    return {None: 0, Reason.NOT_SELECTED: 1}.get(reason, 2)
