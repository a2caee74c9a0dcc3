"""What a pod and its containers say about themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from modelsweb.clock import parse_time
from modelsweb.objects.obj import Obj, dig

COMPONENT = "component"
REVISION = "serving.knative.dev/revision"
_TEMPLATE = "pod-template-hash"
_OVER = {"Succeeded", "Failed"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of a container ended."""

    exit_code: int
    reason: str
    message: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a pod: its present state and how its last run ended.

    ``waiting`` is the reason of a waiting container, such as CrashLoopBackOff; empty where it is not waiting.
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

    @property
    def failure(self) -> Ended | None:
        """How it failed, while it has not come up again: the present end, else the last one of one that is not ready.

        An init container that runs again after a failure counts as failed until it has completed.
        """
        if self.ended is not None:
            return self.ended if self.ended.exit_code else None
        if self.last_ended is not None and self.last_ended.exit_code and not self.is_ready:
            return self.last_ended
        return None


def containers(pod: Obj) -> Iterator[Container]:
    """The containers that the kubelet reports, init containers first; none before the pod is on a node."""
    for field, is_init in (("initContainerStatuses", True), ("containerStatuses", False)):
        for raw in pod.items("status", field):
            state = Obj(raw)
            yield Container(
                name=state.string("name"),
                image=state.string("image"),
                is_init=is_init,
                is_ready=raw.get("ready") is True,
                is_running=bool(state.mapping("state", "running")),
                restarts=state.integer("restartCount") or 0,
                waiting=state.string("state", "waiting", "reason"),
                waiting_message=state.string("state", "waiting", "message"),
                ended=_ended(state, "state"),
                last_ended=_ended(state, "lastState"),
            )


def _ended(container: Obj, field: str) -> Ended | None:
    found = container.mapping(field, "terminated")
    if not found:
        return None
    return Ended(
        exit_code=container.integer(field, "terminated", "exitCode") or 0,
        reason=container.string(field, "terminated", "reason"),
        message=container.string(field, "terminated", "message"),
        at=parse_time(container.string(field, "terminated", "finishedAt")),
    )


def image(pod: Obj, container: str) -> str:
    """The image that the pod's spec names for a container; empty where it has no such container."""
    for field in ("containers", "initContainers"):
        for raw in pod.items("spec", field):
            if raw.get("name") == container:
                return str(raw.get("image") or "")
    return ""


def memory_limit(pod: Obj, container: str) -> str:
    """The memory limit of a container as written, such as ``2Gi``; empty where none is set."""
    for field in ("containers", "initContainers"):
        for raw in pod.items("spec", field):
            if raw.get("name") == container:
                return str(dig(raw, "resources", "limits", "memory") or "")
    return ""


def is_ready(pod: Obj) -> bool:
    """It takes requests."""
    ready = pod.condition("Ready")
    return ready is not None and ready.is_true and pod.deleted is None


def is_over(pod: Obj) -> bool:
    """It has run to its end, or was evicted."""
    return pod.string("status", "phase") in _OVER


def version(pod: Obj) -> str:
    """Which version of its component it runs: its revision, or the hash of its template."""
    return pod.labels.get(REVISION) or pod.labels.get(_TEMPLATE, "")


def component(pod: Obj) -> str:
    """predictor, transformer or explainer."""
    return pod.labels.get(COMPONENT) or "predictor"
