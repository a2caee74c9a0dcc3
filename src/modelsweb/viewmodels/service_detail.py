"""The overview of one InferenceService: why it is not well, how far its start has come, and what it is made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.finding import Finding
from modelsweb.diagnosis.start_up import StepName, StepState
from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import (
    CONFIGURATION,
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    HTTP_ROUTE,
    INGRESS,
    KNATIVE_SERVICE,
    POD,
    REVISION,
    ROUTE,
    SCALED_OBJECT,
    TRAINED_MODEL,
)
from modelsweb.manifests.document import LAST_APPLIED
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, on_terminal, text
from modelsweb.topology import component as components
from modelsweb.topology import health, predictor, traffic
from modelsweb.topology import pod as pods
from modelsweb.topology.component import Component
from modelsweb.topology.demand import Replicas
from modelsweb.topology.health import Mood
from modelsweb.topology.owner import owner
from modelsweb.topology.tree import kind_word
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.amounts import amounts
from modelsweb.viewmodels.components.condition_row import ConditionRow, condition_rows
from modelsweb.viewmodels.components.event_row import EventRow, event_row
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.log_query import log_of
from modelsweb.viewmodels.components.object_row import ObjectRow
from modelsweb.viewmodels.components.pod_row import PodRow, pod_row
from modelsweb.viewmodels.components.scaling_words import scaling_words
from modelsweb.viewmodels.components.service_head import ServiceHead, head

_HIDDEN_ANNOTATIONS = {LAST_APPLIED}
_WITH_CONDITIONS = (
    KNATIVE_SERVICE,
    CONFIGURATION,
    REVISION,
    ROUTE,
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    SCALED_OBJECT,
    INGRESS,
    HTTP_ROUTE,
)
_EVIDENCE_LINES = 4
_LATEST_EVENTS = 3
_MAX_PODS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the failing container said last, verbatim, and where to read on. ``pod`` is the revision where its pods are
    gone, and ``container`` empty."""

    pod: str
    container: str
    at: Age
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step of the start. ``time`` is the clock for the first, the time since then for the others."""

    name: StepName
    state: StepState
    title: Text
    time: str
    at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the service; ``url`` is empty where there is none, and ``gap`` says why."""

    label: Text
    url: str
    gap: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One of several versions of a component, with its pods. ``percent`` of the requests is None where it is not known."""

    name: str
    image: str
    source: str
    replicas: Replicas
    percent: int | None
    pods: tuple[PodRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentView:
    """A component with its pods, by version where there are several; ``more`` counts those that are not listed.

    ``runtime_gap`` and ``image_gap`` stand for what is not known: why. ``condition`` is what KServe reports of it.
    ``extras`` tell of what KServe puts before the server, ``beside`` names the other containers of a replica.
    """

    name: str
    condition: ConditionRow | None
    runtime: str
    runtime_gap: Text | None
    image: str
    image_gap: Text | None
    replicas: Replicas | None
    scaling: Text | None
    requests: str
    limits: str
    account: str
    extras: tuple[Text, ...]
    beside: tuple[str, ...]
    versions: tuple[VersionView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Share:
    """A version and its share of the traffic, in percent."""

    revision: str
    percent: int
    is_latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An object below the service, with its conditions. ``plural`` and ``name`` lead to its YAML."""

    kind: str
    plural: str
    name: str
    mood: Mood
    word: str
    conditions: tuple[ConditionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """An object that needs the service: a model that it holds, or a graph that calls it."""

    kind: str
    plural: str
    name: str
    status: Status | None
    cause: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetail:
    """The page. ``log`` is the query of the logs page for the container at fault; empty where there is none."""

    head: ServiceHead
    cause: Text | None
    effect: Text | None
    rule: str
    remedy: Text | None
    """What to do; None where nothing is wrong."""
    evidence: Evidence | None
    log: str
    previous_log: str
    steps: tuple[StepView, ...]
    took: Text | None
    protocol: str
    storage_uri: str
    storage_link: str
    account: str
    endpoints: tuple[Endpoint, ...]
    components: tuple[ComponentView, ...]
    traffic: tuple[Share, ...]
    conditions: tuple[ConditionRow, ...]
    members: tuple[Member, ...]
    events: tuple[EventRow, ...]
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    owner: str
    notes: tuple[Text, ...]
    held: tuple[Leaning, ...] = ()
    """The trained models that it holds."""
    callers: tuple[Leaning, ...] = ()
    """The graphs that call it."""

    @property
    def are_conditions_well(self) -> bool:
        """Ready, and no condition says anything else: nobody came to read them."""
        moods = {one.mood for one in self.conditions}
        return self.head.status is Status.READY and moods <= {Mood.GOOD, Mood.NEUTRAL}


def build(judged: JudgedService, *, leaning: Iterable[tuple[Kind, ObjectRow]] = ()) -> ServiceDetail:
    """The page of a service; ``leaning`` are the rows of what needs it, with their kinds."""
    leaners = [
        (kind, Leaning(kind=kind.kind, plural=kind.plural, name=row.name, status=row.status, cause=row.cause))
        for kind, row in leaning
    ]
    service, verdict, now = judged.service, judged.verdict, judged.now
    steps = start_up.steps(judged.snapshot, verdict)
    evidence, log, previous_log = _evidence(judged)
    mode = predictor.mode(service)
    return ServiceDetail(
        head=head(judged),
        cause=verdict.cause,
        effect=verdict.effect,
        rule=verdict.finding.rule if verdict.finding else "",
        remedy=_remedy(judged),
        evidence=evidence,
        log=log,
        previous_log=previous_log,
        steps=tuple(_steps(steps)),
        took=_took(steps),
        protocol=predictor.protocol(service),
        storage_uri=predictor.source(service),
        storage_link=predictor.storage_link(service),
        account=service.string("spec", "predictor", "serviceAccountName"),
        endpoints=(
            Endpoint(text("External"), predictor.external_url(service), _no_way_in(judged)),
            Endpoint(text("In-cluster"), predictor.internal_url(service), _no_way_inside(judged)),
        ),
        components=tuple(
            _component(one, judged, mode=mode) for one in components.components(judged.snapshot)
        ),
        traffic=tuple(
            Share(part.revision, part.percent, part.is_latest) for part in traffic.split(judged.snapshot)
        ),
        conditions=condition_rows(service.conditions(), verdict.status, now=now),
        members=tuple(_members(judged)),
        events=tuple(event_row(one, now) for one in judged.snapshot.all_events[:_LATEST_EVENTS]),
        labels=tuple(sorted(service.labels.items())),
        annotations=tuple(
            sorted(
                (str(key), str(value))
                for key, value in service.mapping("metadata", "annotations").items()
                if key not in _HIDDEN_ANNOTATIONS
            )
        ),
        owner=owner(service),
        notes=gap_notes(judged.seen.gaps, mode, kinds=(POD,)),
        held=tuple(one for kind, one in leaners if kind is TRAINED_MODEL),
        callers=tuple(one for kind, one in leaners if kind is not TRAINED_MODEL),
    )


def _remedy(judged: JudgedService) -> Text | None:
    finding = judged.verdict.finding
    is_wrong = judged.verdict.status in {Status.FAILED, Status.DEGRADED, Status.QUEUED}
    return finding.remedy.text if finding is not None and finding.remedy is not None and is_wrong else None


def _evidence(judged: JudgedService) -> tuple[Evidence | None, str, str]:
    """The failing container's last words, and the queries that show its log and the one of the run before."""
    finding = judged.verdict.finding
    if finding is None or finding.kind != "Pod" or not finding.container:
        return _kept_words(judged, finding), "", ""
    for pod in judged.snapshot.pods:
        for container in pods.all_containers(pod):
            if pod.name != finding.name or container.name != finding.container:
                continue
            query = log_of(finding)
            log = replace(query, run=container.run).encode(at="fault") if query else ""
            previous, failure = "", container.failure
            if query is not None and container.has_previous and container.ended is None:
                previous = replace(query, previous=True, run=container.run_before).encode(at="fault")
            if failure is None or not failure.message.strip():
                return None, log, previous
            lines = [line.rstrip() for line in failure.message.strip().splitlines() if line.strip()]
            said = Evidence(
                pod=pod.name,
                container=container.name,
                at=age(failure.at, judged.now),
                lines=tuple(lines[-_EVIDENCE_LINES:]),
            )
            return said, log, previous
    return None, "", ""


def _kept_words(judged: JudgedService, finding: Finding | None) -> Evidence | None:
    """Of a server whose pods are gone: what its revision, or KServe's status, keeps of its output, where that is more than
    the line that the cause quotes."""
    if finding is None:
        return None
    said, at = "", finding.since
    if finding.rule == "load-failed":
        said = judged.service.string("status", "modelStatus", "lastFailureInfo", "message")
    elif finding.kind == "Revision":
        revision = judged.snapshot.revision(finding.name)
        condition = revision.condition("ContainerHealthy") if revision is not None else None
        said, at = (condition.message, condition.since) if condition is not None else ("", None)
    lines = [line.rstrip() for line in on_terminal(said).splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    return Evidence(
        pod=finding.name, container="", at=age(at, judged.now), lines=tuple(lines[-_EVIDENCE_LINES:])
    )


def _steps(found: tuple[start_up.Step, ...]) -> Iterator[StepView]:
    start = next((step.at for step in found if step.at), None)
    for index, step in enumerate(found):
        if step.at is None or start is None:
            time = ""
        elif index == 0:
            time = step.at.strftime("%H:%M:%S")
        else:
            time = f"+{_duration((step.at - start).total_seconds())}"
        yield StepView(
            name=step.name,
            state=step.state,
            title=_title(step.name, step.state),
            time=time,
            at=step.at,
            detail=step.detail,
        )


def _duration(seconds: float) -> str:
    seconds = max(0.0, seconds)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.0f} h"


def _title(name: StepName, state: StepState) -> Text:
    """What was done, is being done, was not done, or is still to do."""
    done, current, failed, todo = {
        StepName.REQUESTED: (
            text("Submitted"),
            text("Waiting for KServe"),
            text("Not picked up"),
            text("Submit"),
        ),
        StepName.RUNTIME: (
            text("Runtime chosen"),
            text("Choosing a runtime"),
            text("No runtime chosen"),
            text("Choose a runtime"),
        ),
        StepName.REVISION: (
            text("Revision created"),
            text("Creating the revision"),
            text("Revision not created"),
            text("Create the revision"),
        ),
        StepName.DEPLOYED: (
            text("Deployment created"),
            text("Creating the Deployment"),
            text("Deployment not created"),
            text("Create the Deployment"),
        ),
        StepName.SCHEDULED: (
            text("Pod scheduled"),
            text("Scheduling the pod"),
            text("Pod not scheduled"),
            text("Schedule the pod"),
        ),
        StepName.DOWNLOADED: (
            text("Model downloaded"),
            text("Downloading the model"),
            text("Model not downloaded"),
            text("Download the model"),
        ),
        StepName.PULLED: (
            text("Image pulled"),
            text("Pulling the image"),
            text("Image not pulled"),
            text("Pull the image"),
        ),
        StepName.LOADED: (
            text("Model loaded"),
            text("Loading the model"),
            text("Model not loaded"),
            text("Load the model"),
        ),
        StepName.ROUTED: (
            text("Route ready"),
            text("Waiting for the route"),
            text("Route not ready"),
            text("Set up the route"),
        ),
    }[name]
    return {
        StepState.DONE: done,
        StepState.CURRENT: current,
        StepState.FAILED: failed,
        StepState.TODO: todo,
    }[state]


def _took(steps: tuple[start_up.Step, ...]) -> Text | None:
    stop = next((index for index, step in enumerate(steps) if step.state is not StepState.DONE), None)
    if not steps:
        return None
    if stop is None:
        times = [step.at for step in steps if step.at]
        if len(times) < 2:
            return None
        return text("done in {time}", time=_duration((max(times) - min(times)).total_seconds()))
    if steps[stop].state is StepState.FAILED:
        return text("failed at step {n} of {all}", n=stop + 1, all=len(steps))
    return text("step {n} of {all}", n=stop + 1, all=len(steps))


def _component(component: Component, judged: JudgedService, *, mode: str) -> ComponentView:
    return ComponentView(
        name=component.name,
        condition=_condition(component, judged),
        runtime=component.runtime,
        runtime_gap=None if component.runtime else _runtime_gap(component, judged.service),
        image=component.image,
        image_gap=None if component.image else _image_gap(judged),
        replicas=component.replicas,
        scaling=scaling_words(component.scaling, mode),
        requests=amounts(component.requests),
        limits=amounts(component.limits),
        account=component.account,
        extras=tuple(_extras(component)),
        beside=component.beside,
        versions=tuple(_versions(component, judged.now)),
        more=max(0, len(component.pods) - _MAX_PODS),
    )


def _versions(component: Component, now: datetime) -> Iterator[VersionView]:
    """The versions with their pods, of which so many are listed; workers are of one version for all."""
    room = _MAX_PODS
    if not component.versions:
        rows = tuple(pod_row(pod, now) for pod in component.pods[:room])
        yield VersionView(
            name="",
            image=component.image,
            source="",
            replicas=component.replicas or Replicas(0, 0),
            percent=None,
            pods=rows,
        )
    for version in component.versions:
        rows = tuple(pod_row(pod, now) for pod in version.pods[:room])
        room -= len(rows)
        yield VersionView(
            name=version.name,
            image=version.image,
            source=version.source,
            replicas=version.replicas,
            percent=version.percent,
            pods=rows,
        )


def _extras(component: Component) -> Iterator[Text]:
    """KServe's agent gathers requests, or reports them; what the spec leaves out is KServe's own default."""
    if component.batcher:
        size, latency = (Obj(component.batcher).integer(key) for key in ("maxBatchSize", "maxLatency"))
        if size and latency:
            yield text("Batcher: up to {size} requests or {latency} ms", size=size, latency=latency)
        elif size:
            yield text("Batcher: up to {size} requests", size=size)
        elif latency:
            yield text("Batcher: up to {latency} ms", latency=latency)
        else:
            yield text("Batcher with default limits")
    if component.logger:
        logger = Obj(component.logger)
        mode, address = logger.string("mode") or "all", logger.string("url")
        if address:
            yield text("Logger: {mode} to {url}", mode=mode, url=address)
        else:
            yield text("Logger: {mode}", mode=mode)


def _condition(one: Component, judged: JudgedService) -> ConditionRow | None:
    found = judged.service.condition(f"{one.name.title()}Ready")
    return condition_rows((found,), judged.verdict.status, now=judged.now)[0] if found else None


def _runtime_gap(one: Component, service: Obj) -> Text:
    if one.name == "predictor" and predictor.model(service):
        return text("not chosen yet")
    return text("custom container")


def _image_gap(judged: JudgedService) -> Text:
    if all(kind in judged.seen.gaps for kind in (POD, DEPLOYMENT)):
        return text("The image is defined in pods and Deployments, which are not visible here.")
    if judged.verdict.status in {Status.STOPPED, Status.STOPPING}:
        return text("Stopped: the runtime sets the image at startup.")
    return text("No image yet.")


def _no_way_in(judged: JudgedService) -> Text:
    """Why there is no address from outside."""
    service = judged.service
    if predictor.is_private(service):
        return text("None: a label limits access to inside the cluster")
    if judged.verdict.status in {Status.STOPPED, Status.STOPPING, Status.DELETING}:
        return text("None: it is stopped or being deleted")
    if predictor.is_local(service.string("status", "url")):
        return text(
            "None: the cluster exposes the service internally only, as is the case without a gateway or Ingress"
        )
    ready = service.condition("Ready")
    if ready is not None and ready.is_true:
        return text("None: KServe has not published a URL")
    return text("No URL yet")


def _no_way_inside(judged: JudgedService) -> Text:
    if judged.verdict.status in {Status.STOPPED, Status.STOPPING, Status.DELETING}:
        return text("None: it is stopped or being deleted")
    return text("No URL yet")


def _members(judged: JudgedService) -> Iterator[Member]:
    """The objects whose conditions explain the service's; of revisions only those that count."""
    named = {
        judged.service.string("status", "components", component, field)
        for component in predictor.COMPONENTS
        for field in ("latestCreatedRevision", "latestReadyRevision")
    }
    named |= {part.revision for part in traffic.split(judged.snapshot)}
    for kind in _WITH_CONDITIONS:
        for obj in sorted(judged.children.get(kind, ()), key=lambda one: one.name):
            if kind is REVISION and obj.name not in named:
                continue
            rows = condition_rows(health.conditions(obj), judged.verdict.status, now=judged.now)
            state = health.health(obj)
            if rows:
                yield Member(
                    kind=kind_word(kind),
                    plural=kind.full_name,
                    name=obj.name,
                    mood=state.mood,
                    word=state.word,
                    conditions=rows,
                )
