"""What this API sends and takes: shapes of its own, so that pages can change without it. OpenAPI is made from them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from modelsweb.diagnosis.finding import FindingState
from modelsweb.diagnosis.start_up import StepName, StepState
from modelsweb.diagnosis.verdict import Status
from modelsweb.metrics.chart import Unit
from modelsweb.operations.outcome import State
from modelsweb.topology.health import Mood
from modelsweb.topology.runtime_selection import Reason
from modelsweb.web.problem import Fault, Problem


class Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is sent: a field that says nothing (empty, zero, false, none) is left out."""


# -- objects as the cluster has them -----------------------------------------------------------------------------


class KubernetesObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object of the Kubernetes API; what else it has is its kind's. With a selection of fields only these are there."""

    api_version: str
    kind: str
    metadata: dict[str, Any] = {}


class ListMetadata(Shape, frozen=True, kw_only=True):
    """Where a list goes on."""

    continue_: Annotated[
        str, Meta(description="Ask again with this as continue for the objects that follow.")
    ] = msgspec.field(name="continue", default="")
    remaining_item_count: Annotated[int, Meta(ge=0)] = 0
    hidden_namespaces: Annotated[
        int, Meta(ge=0, description="Namespaces that were asked for and that you may not read.")
    ] = 0


class ObjectList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Objects by namespace and name, in the form of a Kubernetes list."""

    api_version: str
    kind: str
    metadata: ListMetadata
    items: list[KubernetesObject]


class Deletion(Shape, frozen=True, kw_only=True):
    """Deletion was asked for; the object goes when nothing holds it any more."""

    kind: str
    namespace: str = ""
    name: str
    dry_run: bool = False


# -- what there is -----------------------------------------------------------------------------------------------


class KindInfo(Shape, frozen=True, kw_only=True):
    """A kind of object that this app shows and the cluster has."""

    kind: str
    api_version: str
    plural: Annotated[str, Meta(description="As paths call it.")]
    namespaced: bool = False
    is_judged: Annotated[bool, Meta(description="It has verdicts.")] = False
    has_pods: Annotated[bool, Meta(description="It has pods, logs and figures.")] = False
    can_be_created: Annotated[bool, Meta(description="Objects are created and changed here.")] = False
    can_be_stopped: bool = False


class KindList(Shape, frozen=True, kw_only=True):
    """The kinds."""

    items: list[KindInfo]


class NamespaceList(Shape, frozen=True, kw_only=True):
    """The namespaces that you may choose from."""

    items: list[str]


# -- as pages see it ---------------------------------------------------------------------------------------------


class Replicas(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How many are ready, and how many there are to be."""

    ready: int
    wanted: int


class Summary(Shape, frozen=True, kw_only=True):
    """One object as a row of a list shows it, from live evidence. What its kind does not have, or nobody knows, is left out."""

    kind: str
    namespace: str = ""
    name: str
    uid: str = ""
    status: Annotated[Status | None, Meta(description="The verdict, for kinds that are judged.")] = None
    state: Annotated[
        str, Meta(description="The state in the cluster's own word, for kinds that are not.")
    ] = ""
    mood: Annotated[Mood | None, Meta(description="What the state means: good, bad, waiting, neutral.")] = (
        None
    )
    cause: Annotated[str, Meta(description="Why it is not ready, in one sentence.")] = ""
    effect: Annotated[str, Meta(description="What that means for those who call it.")] = ""
    rule: Annotated[str, Meta(description="The rule that found the cause; stable.")] = ""
    since: Annotated[datetime | None, Meta(description="When the fault began.")] = None
    message: Annotated[str, Meta(description="What the cluster says of it.")] = ""
    created: datetime | None = None
    changed: Annotated[datetime | None, Meta(description="The last change of any condition.")] = None
    labels: dict[str, str] = {}
    owner: str = ""
    replicas: Replicas | None = None
    prefill_replicas: Replicas | None = None
    gpus: Annotated[int, Meta(ge=0, description="Of one replica.")] = 0
    prefill_gpus: Annotated[int, Meta(ge=0)] = 0
    url: str = ""
    runtime: str = ""
    model_format: str = ""
    model_name: Annotated[str, Meta(description="What clients name, where it is not the object's name.")] = ""
    storage_uri: str = ""
    mode: str = ""
    protocol: str = ""
    version: str = ""
    traffic: Annotated[tuple[int, ...], Meta(description="Shares in percent, the largest first.")] = ()
    routing_group: str = ""
    subject: Annotated[str, Meta(description="What its kind's list says beside the name.")] = ""


class SummaryList(Shape, frozen=True, kw_only=True):
    """Rows by namespace and name."""

    metadata: ListMetadata
    items: list[Summary]


class ObjectReference(Shape, frozen=True, kw_only=True):
    """An object, by what it is and where."""

    kind: str
    namespace: str = ""
    name: str
    container: str = ""


class EventInfo(Shape, frozen=True, kw_only=True):
    """An event, equal ones counted."""

    type: Annotated[str, Meta(description="Normal or Warning.")]
    reason: str
    message: str
    count: Annotated[int, Meta(ge=0)]
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    kind: Annotated[str, Meta(description="The kind of the object that it is about.")]
    name: str
    field: Annotated[str, Meta(description="The part of the object, such as one of its containers.")] = ""
    source: str = ""


class Evidence(Shape, frozen=True, kw_only=True):
    """Where something was seen: a field with its value, an event, or the log of a container."""

    object: ObjectReference
    field: str = ""
    value: Annotated[Any, Meta(description="What the field holds, where you may read it.")] = None
    event: EventInfo | None = None


class FieldChange(Shape, frozen=True, kw_only=True):
    """A field of the object, and the value that mends it."""

    path: list[str]
    value: Any = None


class FindingInfo(Shape, frozen=True, kw_only=True):
    """One thing that is not as it should be."""

    rule: Annotated[str, Meta(description="Stable; docs/reference/rules.md tells of each.")]
    state: FindingState
    message: str
    object: Annotated[ObjectReference, Meta(description="What is at fault.")]
    component: str = ""
    version: str = ""
    since: datetime | None = None
    remedy: str = ""
    patch: Annotated[tuple[FieldChange, ...], Meta(description="The change that mends it, where known.")] = ()
    evidence: tuple[Evidence, ...] = ()


class UncheckedRule(Shape, frozen=True, kw_only=True):
    """A rule that could not look, for want of objects that you, or the app, may not read."""

    rule: str
    lacking: Annotated[list[str], Meta(description="Resources by their full names.")]


class StartStep(Shape, frozen=True, kw_only=True):
    """How far a start has come."""

    step: StepName
    state: StepState


class VerdictInfo(Shape, frozen=True, kw_only=True):
    """One status and one sentence, with the evidence behind them."""

    kind: str
    namespace: str = ""
    name: str
    uid: str = ""
    status: Status
    cause: str = ""
    effect: str = ""
    since: datetime | None = None
    finding: Annotated[FindingInfo | None, Meta(description="What the cause tells.")] = None
    findings: Annotated[tuple[FindingInfo, ...], Meta(description="All, the likeliest cause first.")] = ()
    unchecked: tuple[UncheckedRule, ...] = ()
    steps: Annotated[tuple[StartStep, ...], Meta(description="Of an InferenceService that starts.")] = ()
    deleted: Annotated[datetime | None, Meta(description="When it went; all else is its last state.")] = None


class EventList(Shape, frozen=True, kw_only=True):
    """Events of an object and of all that it owns, newest first."""

    items: list[EventInfo]
    left_out: Annotated[int, Meta(ge=0, description="Older ones that are not listed.")] = 0
    unreadable: Annotated[tuple[str, ...], Meta(description="Resources that could not be read.")] = ()


class ContainerInfo(Shape, frozen=True, kw_only=True):
    """A container of a pod."""

    name: str
    is_init: bool = False
    ready: bool = False
    running: bool = False
    waiting: Annotated[str, Meta(description="The reason for which it waits.")] = ""
    exit_code: int | None = None
    restarts: Annotated[int, Meta(ge=0)] = 0
    has_previous_log: bool = False
    image: str = ""


class PodInfo(Shape, frozen=True, kw_only=True):
    """A pod of an object."""

    name: str
    component: str = ""
    version: str = ""
    state: Annotated[str, Meta(description="As kubectl prints it.")]
    message: str = ""
    node: str = ""
    created: datetime | None = None
    main_container: str = ""
    containers: list[ContainerInfo]


class PodList(Shape, frozen=True, kw_only=True):
    """The pods, newest first."""

    items: list[PodInfo]
    unreadable: tuple[str, ...] = ()


class MemberInfo(Shape, frozen=True, kw_only=True):
    """Something that an object owns."""

    kind: str
    api_version: str
    name: str
    uid: str = ""
    parent: Annotated[str, Meta(description="The uid of what is above it.")] = ""
    state: str = ""
    mood: Mood
    message: str = ""
    created: datetime | None = None


class MemberList(Shape, frozen=True, kw_only=True):
    """What an object owns, parents first."""

    items: list[MemberInfo]
    unreadable: tuple[str, ...] = ()


class Line(Shape, frozen=True, kw_only=True):
    """A line of a chart: a value for each instant, null where there is none."""

    name: str = ""
    values: list[float | None]


class ChartInfo(Shape, frozen=True, kw_only=True):
    """One chart."""

    id: str
    unit: Unit
    series: list[Line]
    source: Annotated[str, Meta(description="What exports it.")] = ""
    gap: Annotated[str, Meta(description="Why it has no lines.")] = ""


class Figures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Charts with their values at start, start + step, … end, in seconds since 1970."""

    start: int
    end: int
    step: int
    charts: list[ChartInfo]


class RuntimeCandidate(Shape, frozen=True, kw_only=True):
    """A runtime, and why it is not taken."""

    kind: str
    namespace: str = ""
    name: str
    is_chosen: bool = False
    reason: Annotated[Reason | None, Meta(description="The first test that it failed.")] = None
    result: str


class RuntimeChoice(Shape, frozen=True, kw_only=True):
    """Which serving runtime KServe would take."""

    answer: str
    chosen: RuntimeCandidate | None = None
    comparison: Annotated[str, Meta(description="What the service that asks has now.")] = ""
    hint: str = ""
    candidates: list[RuntimeCandidate]
    formats: Annotated[list[str], Meta(description="Those that the runtimes here name.")]
    notes: Annotated[tuple[str, ...], Meta(description="What was not checked.")] = ()


# -- messages of streams -----------------------------------------------------------------------------------------


class SyncMessage(Shape, frozen=True, kw_only=True):
    """All that there is."""

    type: Literal["SYNC"]
    items: list[KubernetesObject]
    more: Annotated[bool, Meta(description="More of it comes in the next message.")] = False
    stale_since: Annotated[
        datetime | None, Meta(description="While the cluster cannot be watched: it was so then.")
    ] = None


class ChangeMessage(Shape, frozen=True, kw_only=True):
    """An object that came, changed or went."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    object: KubernetesObject


class VerdictMessage(Shape, frozen=True, kw_only=True):
    """The verdict as it is now."""

    type: Literal["VERDICT"]
    verdict: VerdictInfo


class LinesMessage(Shape, frozen=True, kw_only=True):
    """Lines of a log."""

    type: Literal["LINES"]
    lines: Annotated[list[tuple[str, str]], Meta(description="The time of each, and its text.")]


class NoteMessage(Shape, frozen=True, kw_only=True):
    """Lines are missing here, or the container is over."""

    type: Literal["GAP", "END"]


class ErrorMessage(Shape, frozen=True, kw_only=True):
    """Why the stream ends."""

    type: Literal["ERROR"]
    problem: Problem


# -- what is done ------------------------------------------------------------------------------------------------


class Difference(Shape, frozen=True, kw_only=True):
    """A field that is, or would be, another."""

    path: list[str]
    before: Any = None
    after: Any = None


class DocumentResult(Shape, frozen=True, kw_only=True):
    """What became of one document."""

    document: Annotated[int, Meta(ge=1)]
    line: int
    kind: str
    namespace: str = ""
    name: str
    state: State
    uid: str = ""
    moved_from: Annotated[str, Meta(description="The namespace that the document named.")] = ""
    added: Annotated[tuple[Difference, ...], Meta(description="What the cluster adds to it.")] = ()
    faults: tuple[Fault, ...] = ()


class ConcernInfo(Shape, frozen=True, kw_only=True):
    """What a check found: KServe would ignore it, or it will not work."""

    check: Annotated[str, Meta(description="Stable; docs/reference/checks.md tells of each.")]
    severity: str
    message: str
    document: int
    field: str = ""
    line: int = 0


class ManifestResult(Shape, frozen=True, kw_only=True):
    """What became of a text. Nothing was sent where any document failed its trial, or the checks say that it will not work."""

    documents: tuple[DocumentResult, ...] = ()
    concerns: tuple[ConcernInfo, ...] = ()
    faults: Annotated[tuple[Fault, ...], Meta(description="What is wrong with the text as a whole.")] = ()
    is_held_back: Annotated[
        bool, Meta(description="Send it with despiteConcerns=true to create it all the same.")
    ] = False
    dry_run: bool = False


class ActionResult(Shape, frozen=True, kw_only=True):
    """What was asked of an object was done; what comes of it its verdict tells."""

    kind: str
    namespace: str = ""
    name: str
    uid: str = ""
    state: State
    dry_run: bool = False
