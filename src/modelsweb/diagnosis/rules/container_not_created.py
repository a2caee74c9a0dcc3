"""The kubelet cannot create or start a container."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
    WITH_PODS,
    Finding,
    FindingState,
    Remedy,
    Rule,
    by_time,
    on_pod,
    short,
    waits_since,
)
from modelsweb.kinds import POD
from modelsweb.text import text
from modelsweb.topology.pod import containers
from modelsweb.topology.service_snapshot import ServiceSnapshot

_MISSING = "CreateContainerConfigError"
_REASONS = {
    _MISSING,
    "CreateContainerError",
    "RunContainerError",
    "PostStartHookError",
    "StartError",
}


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        for container in containers(pod):
            started = container.ended or container.last_ended
            is_start = started is not None and started.reason == "StartError" and not container.is_ready
            if container.waiting in _REASONS or is_start:
                said = (
                    container.waiting_message
                    if container.waiting in _REASONS
                    else started and started.message
                )
                sentence = text(
                    "{container} in pod {pod} cannot be started: {message}",
                    container=container.name,
                    pod=pod.name,
                    message=short(said or "") or container.waiting or "StartError",
                )
                state, due, since = FindingState.FAULT, None, snapshot.began(pod)
                if container.waiting == _MISSING:  # the Secret or ConfigMap that it names may still be made
                    since = waits_since(snapshot, pod, "PodScheduled")
                    state, due = by_time(since, limits.WARNING, now=now)
                yield on_pod(
                    pod,
                    sentence,
                    field=container.path("lastState.terminated" if is_start else "state.waiting"),
                    state=state,
                    container=container.name,
                    since=since,
                    due=due,
                )


RULE = Rule(
    id="container-not-created",
    rank=50,
    roots=WITH_PODS,
    summary=text("A container cannot be created: a missing Secret or ConfigMap, a wrong command."),
    check=_check,
    remedy=Remedy(text("Create the Secret or ConfigMap named in the message, or correct the command.")),
    needs=(POD,),
)
