"""What a pod and its containers say about themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from modelsweb.clock import parse_time
from modelsweb.objects.obj import Obj, dig, once
from modelsweb.text import on_terminal

MAIN = ("kserve-container", "transformer-container", "worker-container")
"""The containers that serve, as KServe names them."""
DOWNLOADER = "storage-initializer"
WORKER = "worker-container"
BROKEN = {
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "ImageInspectError",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
}
"""Reasons of a waiting container that do not pass by waiting."""
COMPONENT = "component"
LLM_MAIN, LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER = "main", "prefill", "scheduler", "tokenizer"
"""The parts of an LLM service: what decodes, or does all, is the main one."""
GRAPH_ROUTER = "router"
_LLM_LABEL = "app.kubernetes.io/component"
_LLM_PARTS = {
    "llminferenceservice-workload": LLM_MAIN,
    "llminferenceservice-workload-leader": LLM_MAIN,
    "llminferenceservice-workload-worker": LLM_MAIN,
    "llminferenceservice-workload-prefill": LLM_PREFILL,
    "llminferenceservice-workload-leader-prefill": LLM_PREFILL,
    "llminferenceservice-workload-worker-prefill": LLM_PREFILL,
    "llminferenceservice-router-scheduler": LLM_SCHEDULER,
    "tokenizer": LLM_TOKENIZER,
}
_LLM_WORKERS = ("llminferenceservice-workload-worker", "llminferenceservice-workload-worker-prefill")
_OF_GRAPH = "serving.kserve.io/inferencegraph"
MODEL_MESH = "modelmesh-service"
"""The label of pods that hold the models of many services."""
_ROUTERS = ("mm", "rest-proxy", "oauth-proxy", "puller")
"""What ModelMesh puts beside the model server."""
REVISION = "serving.knative.dev/revision"
_TEMPLATE = "pod-template-hash"
_GROUP = "leaderworkerset.sigs.k8s.io/name"
_GROUP_TEMPLATE = "leaderworkerset.sigs.k8s.io/template-revision-hash"
PREPARING = {"", "ContainerCreating", "PodInitializing"}
"""Reasons of a container that waits for its volumes, its image or those before it."""
_OVER = {"Succeeded", "Failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run of a container ended. ``run`` identifies the run, as in ``Container``."""

    exit_code: int
    reason: str
    message: str
    at: datetime | None
    began: datetime | None = None
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a pod: its present state and how its last run ended.

    ``waiting`` is the reason of a waiting container, such as CrashLoopBackOff; empty where it is not waiting. ``run``
    identifies the present run, or the last one while it waits for the next; empty where the kubelet names none.
    """

    name: str
    image: str
    is_init: bool
    is_ready: bool
    is_running: bool
    restarts: int
    waiting: str
    waiting_message: str
    ended: Ended | None
    last_ended: Ended | None
    started: datetime | None = None
    is_sidecar: bool = False
    run: str = ""
    serves: bool = False
    """It is one of those that answer requests, and so must keep running."""

    @property
    def role(self) -> str:
        """``init`` or ``sidecar``; empty for one that serves."""
        return "sidecar" if self.is_sidecar else "init" if self.is_init else ""

    def path(self, field: str) -> str:
        """The path of a field of its status in the pod, such as ``status.containerStatuses[main].state.waiting``."""
        statuses = "initContainerStatuses" if self.is_init or self.is_sidecar else "containerStatuses"
        return f"status.{statuses}[{self.name}].{field}"

    @property
    def has_previous(self) -> bool:
        """There was a run before this one, whose log the kubelet may still have."""
        return self.restarts > 0 or self.last_ended is not None

    @property
    def run_before(self) -> str:
        """What identifies the run before this one; empty where the kubelet names none."""
        return self.last_ended.run if self.last_ended is not None else ""

    @property
    def failure(self) -> Ended | None:
        """How it failed, while it has not come up again: the present end, else the last one of one that is not ready.

        A container that serves must not end, whatever its exit code. An init container that runs again after a failure
        counts as failed until it has completed; a sidecar that runs again does not.
        """
        if self.ended is not None:
            return self.ended if self.ended.exit_code or self.serves else None
        if self.last_ended is None or self.is_ready or (self.is_sidecar and self.is_running):
            return None
        return self.last_ended if self.last_ended.exit_code or self.serves else None


@once
def containers(pod: Obj) -> tuple[Container, ...]:
    """The containers that the kubelet reports, init containers first; none before the pod is on a node.

    An init container that is restarted always is a sidecar, and no step of the start.
    """
    return tuple(_containers(pod))


def _containers(pod: Obj) -> Iterator[Container]:
    beside = [
        raw.get("name") for raw in pod.items("spec", "initContainers") if raw.get("restartPolicy") == "Always"
    ]
    serving = _serving(pod)
    for field, is_init in (("initContainerStatuses", True), ("containerStatuses", False)):
        for raw in pod.items("status", field):
            state = Obj(raw)
            is_sidecar = is_init and state.string("name") in beside
            yield Container(
                name=state.string("name"),
                image=state.string("image"),
                is_init=is_init and not is_sidecar,
                is_sidecar=is_sidecar,
                serves=not is_init and state.string("name") in serving,
                is_ready=raw.get("ready") is True,
                is_running=bool(state.mapping("state", "running")),
                restarts=state.integer("restartCount") or 0,
                waiting=state.string("state", "waiting", "reason"),
                waiting_message=state.string("state", "waiting", "message"),
                run=_run(state.string("containerID")),
                ended=_ended(state, "state"),
                last_ended=_ended(state, "lastState"),
                started=parse_time(
                    state.string("state", "running", "startedAt")
                    or state.string("state", "terminated", "startedAt")
                ),
            )


@once
def all_containers(pod: Obj) -> tuple[Container, ...]:
    """Those that the spec names, in the order of their start, with what the kubelet says of them so far.

    Sidecars are init containers that keep running, and all that do not serve.
    """
    known = {container.name: container for container in containers(pod)}
    serving = _serving(pod)
    listed = []
    for field, is_init in (("initContainers", True), ("containers", False)):
        for raw in pod.items("spec", field):
            name = str(raw.get("name") or "")
            container = known.pop(name, None) or Container(
                name=name,
                image=str(raw.get("image") or ""),
                is_init=is_init,
                is_ready=False,
                is_running=False,
                restarts=0,
                waiting="",
                waiting_message="",
                ended=None,
                last_ended=None,
            )
            is_sidecar = raw.get("restartPolicy") == "Always" if is_init else name not in serving
            listed.append(replace(container, is_init=is_init and not is_sidecar, is_sidecar=is_sidecar))
    return (*listed, *known.values())


def _serving(pod: Obj) -> list[str]:
    """The containers that answer requests: those that KServe names so, else the first."""
    names = [str(raw.get("name") or "") for raw in pod.items("spec", "containers")]
    if MODEL_MESH in pod.labels:
        return [main_container(pod)]
    own = [name for name in names if name in MAIN] or [name for name in names if name == LLM_MAIN]
    return own or names[:1]


@once
def main_container(pod: Obj) -> str:
    """The container that serves; empty where the pod names none."""
    return str(serving_container(pod.mapping("spec")).get("name") or "")


def serving_container(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a pod's spec the container that serves; empty where it has none."""
    found = list(Obj(spec).items("containers"))
    servers = [one for one in found if one.get("name") not in _ROUTERS] or found
    own = [one for one in found if one.get("name") in MAIN] or [
        one for one in found if one.get("name") == LLM_MAIN
    ]
    return next(iter((*own, *servers)), {})


@once
def word(pod: Obj) -> str:
    """The state in one word, as kubectl prints it: ``Running``, ``Init:CrashLoopBackOff``, ``Terminating``."""
    if pod.deleted is not None:
        return "Terminating"
    init = [one for one in all_containers(pod) if one.role == "init"]
    for index, one in enumerate(init):
        if one.ended is not None and one.ended.exit_code == 0:
            continue
        if one.ended is not None:
            return f"Init:{one.ended.reason or f'ExitCode:{one.ended.exit_code}'}"
        if one.waiting and one.waiting != "PodInitializing":
            return f"Init:{one.waiting}"
        if pod.string("spec", "nodeName"):
            return f"Init:{index}/{len(init)}"
        break
    for one in reversed([one for one in containers(pod) if not one.is_init]):
        if one.waiting:
            return one.waiting
        if one.ended is not None:
            return one.ended.reason or f"ExitCode:{one.ended.exit_code}"
    return pod.string("status", "reason") or pod.string("status", "phase") or "Unknown"


def amounts(pod: Obj, container: str, *, field: str) -> dict[str, str]:
    """What a container asks for (``requests``) or may use at most (``limits``), as written."""
    return amounts_of(_spec(pod, container), field)


def amounts_of(container: Mapping[str, Any], field: str) -> dict[str, str]:
    """The same, of a container's spec."""
    found = dig(container, "resources", field)
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}


def _spec(pod: Obj, container: str) -> Mapping[str, Any]:
    """What the pod's spec says of a container; empty where it has no such container."""
    for field in ("containers", "initContainers"):
        for raw in pod.items("spec", field):
            if raw.get("name") == container:
                return raw
    return {}


def _ended(container: Obj, field: str) -> Ended | None:
    found = container.mapping(field, "terminated")
    if not found:
        return None
    return Ended(
        exit_code=container.integer(field, "terminated", "exitCode") or 0,
        reason=container.string(field, "terminated", "reason"),
        message=on_terminal(container.string(field, "terminated", "message")),
        at=parse_time(container.string(field, "terminated", "finishedAt")),
        began=parse_time(container.string(field, "terminated", "startedAt")),
        run=_run(container.string(field, "terminated", "containerID")),
    )


def _run(container_id: str) -> str:
    """``containerd://0123456789ab…`` as short as its command line tools have it."""
    return container_id.rpartition("/")[2][:12]


def image(pod: Obj, container: str) -> str:
    """The image that the pod's spec names for a container; empty where it has no such container."""
    return str(_spec(pod, container).get("image") or "")


@once
def is_ready(pod: Obj) -> bool:
    """It takes requests."""
    ready = pod.condition("Ready")
    return ready is not None and ready.is_true and pod.deleted is None


@once
def has_begun(pod: Obj) -> bool:
    """One of its containers runs or has run: its node took it."""
    return any(
        one.is_running or one.ended is not None or one.last_ended is not None for one in containers(pod)
    )


def prepared_since(pod: Obj, *types: str) -> datetime | None:
    """When the last of some conditions became true; None where one has not."""
    found = [pod.condition(type_) for type_ in types]
    times = [one.since for one in found if one is not None and one.is_true and one.since is not None]
    return max(times) if len(times) == len(types) else None


@once
def at_work(pod: Obj) -> Container | None:
    """The container that downloads or loads just now, as far as anybody can tell; None where none does."""
    if pod.deleted is not None or is_ready(pod):
        return None
    for one in containers(pod):
        is_busy = one.is_running and not one.is_sidecar and (one.is_init or (one.serves and not one.is_ready))
        if is_busy and one.failure is None:
            return one
    return None


@once
def is_being_made(pod: Obj) -> bool:
    """Its node has it, and makes its containers: an image that is pulled may be large."""
    states = containers(pod)
    placed = pod.condition("PodScheduled")
    return (
        pod.string("status", "phase") == "Pending"
        and placed is not None
        and placed.is_true
        and pod.deleted is None
        and all(one.waiting in PREPARING or one.ended is not None for one in states)
        and not any(one.failure for one in states)
    )


@once
def is_over(pod: Obj) -> bool:
    """It has run to its end, or was evicted."""
    return pod.string("status", "phase") in _OVER


@once
def version(pod: Obj) -> str:
    """Which version of its component it runs: its revision, or the hash of its template."""
    labels = pod.labels
    return labels.get(REVISION) or labels.get(_TEMPLATE) or labels.get(_GROUP_TEMPLATE, "")


@once
def maker(pod: Obj) -> str:
    """The name of the Deployment, or of the group on several nodes, that it is a replica of; empty where it was made by something else."""
    if group := pod.labels.get(_GROUP):
        return group
    end = f"-{pod.labels.get(_TEMPLATE, '')}"
    owners = (one for one in pod.items("metadata", "ownerReferences") if one.get("kind") == "ReplicaSet")
    names = (str(one.get("name")) for one in owners)
    return next((name.removesuffix(end) for name in names if len(end) > 1 and name.endswith(end)), "")


@once
def is_worker(pod: Obj) -> bool:
    """It works for the head of a group on several nodes, and answers no requests itself."""
    return makes_workers(pod.mapping("spec")) or pod.labels.get(_LLM_LABEL) in _LLM_WORKERS


def makes_workers(spec: Mapping[str, Any]) -> bool:
    """The same, of a pod's spec."""
    return any(raw.get("name") == WORKER for raw in Obj(spec).items("containers"))


@once
def component(pod: Obj) -> str:
    """Of a pod, or of what makes pods: predictor, transformer or explainer; of an LLM service one of its parts, of a graph its
    router."""
    labels = pod.labels
    if part := _LLM_PARTS.get(labels.get(_LLM_LABEL, "")):
        return part
    return labels.get(COMPONENT) or (GRAPH_ROUTER if _OF_GRAPH in labels else "predictor")
