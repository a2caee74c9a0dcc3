"""How far the newest start of a service has come, and what it waits for: ordered steps, each with its time, as its mode has them.

Steps that a mode does not have are absent, and those of a pod where the service waits at zero or pods were not read. A
step is done by its own evidence (a condition, an end of a container, an event), or because a later one is. The
step at which it stopped is where the verdict's finding points; its time is when that failed. The order is that of a
usual start; the image of the model server may come before the model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, FindingState
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.pod import Container
from modelsweb.topology.service_snapshot import ServiceSnapshot

_AT_ONCE = timedelta(seconds=60)
_TOOK = re.compile(r" in ([\d.]+m?s) ")
_SIZE = re.compile(r"(\d{1,15}) bytes")
_MEBI = 1024 * 1024


class StepName(StrEnum):
    """The steps, in order."""

    REQUESTED = "requested"
    RUNTIME = "runtime"
    REVISION = "revision"
    DEPLOYED = "deployed"
    SCHEDULED = "scheduled"
    DOWNLOADED = "downloaded"
    PULLED = "pulled"
    LOADED = "loaded"
    ROUTED = "routed"


class StepState(StrEnum):
    """How it stands with a step."""

    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"
    TODO = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. ``detail`` is verbatim from the cluster: a node, a runtime, a size, how the pod stands that failed; empty
    where there is none."""

    name: StepName
    state: StepState = StepState.TODO
    at: datetime | None = None
    detail: str = ""


_OF_A_POD = {StepName.SCHEDULED, StepName.DOWNLOADED, StepName.PULLED, StepName.LOADED}

_STOPS_AT = {
    "invalid-spec": (StepName.RUNTIME,),
    "reconcile-failed": (StepName.REVISION, StepName.DEPLOYED, StepName.REQUESTED),
    "pods-refused": (StepName.SCHEDULED,),
    "unschedulable": (StepName.SCHEDULED,),
    "pod-evicted": (StepName.SCHEDULED,),
    "download-failed": (StepName.DOWNLOADED,),
    "image-pull-failed": (StepName.PULLED,),
    "container-not-created": (StepName.LOADED,),
    "container-crashes": (StepName.LOADED,),
    "never-ready": (StepName.LOADED,),
    "load-failed": (StepName.LOADED,),
    "revision-failed": (StepName.LOADED,),
    "deadline-exceeded": (StepName.LOADED,),
}
"""Where a rule's finding points: the first of these that the start has. Where it does not, the first step that is not
done is the one that failed."""


def steps(snapshot: ServiceSnapshot, verdict: Verdict) -> tuple[Step, ...]:
    """The steps of the predictor's newest start; none for a service that is stopped or goes."""
    if verdict.status in {Status.STOPPED, Status.STOPPING, Status.DELETING}:
        return ()
    pod = _newest(snapshot)
    reached = [_of_this_start(step, snapshot, pod=pod) for step in _evidence(snapshot, pod)]
    hidden = set[StepName]()
    if pod is None and verdict.status is Status.SCALED_TO_ZERO:  # nobody knows whether there ever was one
        hidden = _OF_A_POD
    elif not snapshot.is_read:  # KServe tells of the load, and of nothing before it
        hidden = _OF_A_POD - {StepName.LOADED}
    reached = [step for step in reached if step.name not in hidden]
    # A later step proves the earlier ones; of a pod that is there each step has evidence of its own.
    last = max((index for index, step in enumerate(reached) if step.state is StepState.DONE), default=-1)
    reached = [
        replace(step, state=StepState.DONE)
        if index < last and (pod is None or step.name not in _OF_A_POD)
        else step
        for index, step in enumerate(reached)
    ]
    stop = _stop(reached, verdict)
    return tuple(
        _failed(step, reached[:index], snapshot=snapshot, pod=pod, finding=verdict.finding)
        if index == stop and verdict.finding is not None and verdict.finding.state is FindingState.FAULT
        else _standing(step, index - stop)
        for index, step in enumerate(reached)
    )


def _of_this_start(step: Step, snapshot: ServiceSnapshot, *, pod: Obj | None) -> Step:
    """Without a time that is older than the start: what was true before, such as the route of an earlier version."""
    began = _requested(snapshot, pod)
    return replace(step, at=None) if step.at is not None and began is not None and step.at < began else step


def _newest(snapshot: ServiceSnapshot) -> Obj | None:
    """The newest pod of this start; those of a runtime of ModelMesh were there before."""
    if predictor.is_model_mesh(snapshot.service):
        return None
    return next((pod for pod in snapshot.pods if pods.component(pod) == "predictor"), None)


def _stop(reached: list[Step], verdict: Verdict) -> int:
    """The step at which it stands: where the finding points, else the first that is not done."""
    names = [step.name for step in reached]
    finding = verdict.finding
    if finding is not None and finding.component == "predictor":
        pointed = next((name for name in _STOPS_AT.get(finding.rule, ()) if name in names), None)
        if pointed is not None:
            return names.index(pointed)
    return next(
        (index for index, step in enumerate(reached) if step.state is not StepState.DONE), len(reached)
    )


def _standing(step: Step, after: int) -> Step:
    """A step so many steps after the one at which it stands."""
    if after < 0:
        return replace(step, state=StepState.DONE)
    if after > 0:
        return replace(step, state=StepState.TODO, at=None, detail="")
    return replace(step, state=StepState.CURRENT, at=None)


def _failed(
    step: Step, before: list[Step], *, snapshot: ServiceSnapshot, pod: Obj | None, finding: Finding
) -> Step:
    """The step at which it stopped: since the container's end, else since the pod's first warning after the steps before."""
    at, detail = finding.since, ""
    if pod is not None and (finding.kind, finding.name) == ("Pod", pod.name):
        ended = next((one.failure for one in pods.all_containers(pod) if one.name == finding.container), None)
        reached = max((one.at for one in before if one.at), default=None)
        seen = [one.first or one.last for one in snapshot.events if one.uid == pod.uid]
        warned = [time for time in seen if time and (reached is None or time >= reached)]
        at, detail = ended.at if ended is not None else min(warned, default=at), pods.word(pod)
    return replace(step, state=StepState.FAILED, at=at, detail=detail)


def _evidence(snapshot: ServiceSnapshot, pod: Obj | None) -> Iterator[Step]:
    service = snapshot.service
    mode = predictor.mode(service)
    requested = _requested(snapshot, pod)
    yield _step(StepName.REQUESTED, requested is not None, at=requested)
    if predictor.model(service):
        runtime = service.string("status", "servingRuntimeName") or service.string(
            "status", "clusterServingRuntimeName"
        )
        yield _step(StepName.RUNTIME, bool(runtime), detail=runtime)
    if mode == "Knative":
        name = service.string("status", "components", "predictor", "latestCreatedRevision")
        revision = snapshot.revision(name) if name else None
        yield _step(StepName.REVISION, bool(name), at=revision.created if revision else None, detail=name)
    elif not predictor.is_model_mesh(service):
        made = snapshot.deployments_of("predictor")
        yield _step(
            StepName.DEPLOYED,
            bool(made or pod),
            at=min((one.created for one in made if one.created), default=None),
        )
    if not predictor.is_model_mesh(service):
        yield from _of_pod(snapshot, pod)
    yield _loaded(snapshot, pod)
    yield _routed(snapshot, pod)


def _step(name: StepName, is_done: bool, *, at: datetime | None = None, detail: str = "") -> Step:
    """A step by its own evidence; its time counts where it is done."""
    return Step(
        name=name,
        state=StepState.DONE if is_done else StepState.TODO,
        at=at if is_done else None,
        detail=detail,
    )


def _requested(snapshot: ServiceSnapshot, pod: Obj | None) -> datetime | None:
    """When this start was asked for: the service's creation, or for a later version that of its own pods' owner."""
    born = snapshot.service.created
    if pod is None or pod.created is None or born is None or pod.created - born < _AT_ONCE:
        return born
    version = pods.version(pod)
    revision = snapshot.revision(version)
    return revision.created if revision is not None else pod.created


def _of_pod(snapshot: ServiceSnapshot, pod: Obj | None) -> Iterator[Step]:
    scheduled = pod.condition("PodScheduled") if pod else None
    yield _step(
        StepName.SCHEDULED,
        scheduled is not None and scheduled.is_true,
        at=scheduled.since if scheduled else None,
        detail=pod.string("spec", "nodeName") if pod else "",
    )
    states = {one.name: one for one in pods.all_containers(pod)} if pod else {}
    if downloader := states.get(pods.DOWNLOADER):
        ended = downloader.ended
        yield _step(
            StepName.DOWNLOADED,
            ended is not None and ended.exit_code == 0,
            at=ended.at if ended else None,
        )
    elif pod is None and predictor.storage_uri(snapshot.service):
        yield Step(name=StepName.DOWNLOADED)
    yield _pulled(snapshot, pod, states=states)


def _pulled(snapshot: ServiceSnapshot, pod: Obj | None, *, states: dict[str, Container]) -> Step:
    if pod is None:
        return Step(name=StepName.PULLED)
    name = pods.main_container(pod)
    state = states.get(name)
    has_run = state is not None and (state.is_running or state.ended is not None or state.has_previous)
    event = next(
        (
            one
            for one in snapshot.normal
            if one.uid == pod.uid and one.reason == "Pulled" and name in one.field
        ),
        None,
    )
    if event is None and not has_run:
        return Step(name=StepName.PULLED)
    detail = _of_pull(event.message) if event else ""
    return Step(
        name=StepName.PULLED,
        state=StepState.DONE,
        at=(event.first or event.last) if event else state.started if state else None,
        detail=detail,
    )


def _of_pull(message: str) -> str:
    """Size and time in ``Successfully pulled image "x" in 1.2s (…). Image size: 123 bytes.``; empty where it has none."""
    head, _, tail = message.rpartition(" Image size: ")
    took, size = _TOOK.search(head), _SIZE.match(tail)
    return f"{int(size[1]) / _MEBI:.0f} MiB, {took[1]}" if took and size else ""


def _loaded(snapshot: ServiceSnapshot, pod: Obj | None) -> Step:
    if pod is not None:
        ready = pod.condition("Ready")
        return _step(StepName.LOADED, ready is not None and ready.is_true, at=ready.since if ready else None)
    condition = snapshot.service.condition("PredictorReady")
    is_done = condition is not None and condition.is_true
    if predictor.is_model_mesh(snapshot.service):
        state = snapshot.service.string("status", "modelStatus", "states", "activeModelState")
        is_done = state == "Loaded" and not _lacks_runtime(snapshot)
    return Step(
        name=StepName.LOADED,
        state=StepState.DONE if is_done else StepState.TODO,
        at=condition.since if condition and condition.is_true else None,
    )


def _routed(snapshot: ServiceSnapshot, pod: Obj | None) -> Step:
    condition = snapshot.service.condition("IngressReady") or snapshot.service.condition("Ready")
    is_done = condition is not None and condition.is_true and (pod is None or pods.is_ready(pod))
    is_done = is_done and not (predictor.is_model_mesh(snapshot.service) and _lacks_runtime(snapshot))
    return _step(StepName.ROUTED, is_done, at=condition.since if condition else None)


def _lacks_runtime(snapshot: ServiceSnapshot) -> bool:
    """The pods that hold the models were read, and none of them is ready."""
    return snapshot.is_read and not snapshot.ready_pods("predictor")


def due(snapshot: ServiceSnapshot, now: datetime) -> datetime | None:
    """The next time at which waiting comes to be something else, though no object changes."""
    return min((time for time in _dues(snapshot) if time > now), default=None)


def _dues(snapshot: ServiceSnapshot) -> Iterator[datetime]:
    for pod in snapshot.pods:
        if (since := _works_since(pod)) is not None:
            yield since + limits.LOAD
    for condition in snapshot.service.conditions():
        if condition.status == "Unknown" and condition.since is not None:
            yield condition.since + limits.UNKNOWN


def slowness(snapshot: ServiceSnapshot, now: datetime) -> Text | None:
    """Said where a download or load takes longer than usual; whether it comes to its end nobody can tell."""
    for since in map(_works_since, snapshot.pods):
        if since is not None and now - since >= limits.LOAD:
            return text("This is taking longer than usual.")
    return None


def _works_since(pod: Obj) -> datetime | None:
    """Since when a pod downloads, loads, or waits for its images; None where it does not."""
    if (work := pods.at_work(pod)) is not None:
        return work.started
    return pods.prepared_since(pod, "PodScheduled") if pods.is_being_made(pod) else None


def waits_for(snapshot: ServiceSnapshot) -> Text:
    """What a start that is not done waits for."""
    states = [container for pod in snapshot.pods for container in pods.containers(pod)]
    if any(state.is_init and state.is_running for state in states):
        return text("Downloading the model.")
    if any(state.is_running and not state.is_ready and not state.is_init for state in states):
        return text("The model server is running; waiting for the model to load.")
    if snapshot.pods and any(pods.is_ready(pod) for pod in snapshot.pods):
        if predictor.is_model_mesh(snapshot.service):
            return text("The model server is running; waiting for the model to load.")
        return text("The pods are ready; waiting for the network route.")
    if snapshot.pods:
        return text("Waiting for the containers of its pods to start.")
    if snapshot.service.string("status", "modelStatus", "states", "targetModelState") == "Loading":
        return text("Downloading the model.")
    return text("Waiting for the first pod.")
