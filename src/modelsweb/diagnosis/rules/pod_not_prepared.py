"""A pod has its node, but its volumes or network cannot be made. Only events tell."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import WITH_PODS, Finding, Remedy, Rule, by_time, on_pod, short, waits_since
from modelsweb.kinds import EVENT, POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.pod import PREPARING, containers
from modelsweb.topology.service_snapshot import Event, ServiceSnapshot

_VOLUME = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_OTHER = ("FailedCreatePodSandBox", "NetworkNotReady", "FailedPrepareDynamicResources")


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        if pod.string("status", "phase") != "Pending" or any(
            container.waiting not in PREPARING or container.is_running or container.ended
            for container in containers(pod)
        ):
            continue
        for event in snapshot.events_of(pod.uid, *_VOLUME):
            sentence = text(
                "A volume of pod {pod} cannot be mounted: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield _finding(snapshot, pod, sentence=sentence, event=event, now=now)
            return
        for event in snapshot.events_of(pod.uid, *_OTHER):
            sentence = text(
                "Pod {pod} cannot be set up on its node: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield _finding(snapshot, pod, sentence=sentence, event=event, now=now)
            return


def _finding(snapshot: ServiceSnapshot, pod: Obj, *, sentence: Text, event: Event, now: datetime) -> Finding:
    """What is missing may still be made; each pod of the version that tries again goes on waiting for it."""
    since = waits_since(snapshot, pod, "PodScheduled")
    state, due = by_time(since, limits.WARNING, now=now)
    return on_pod(pod, sentence, event=event, state=state, since=since, due=due)


RULE = Rule(
    id="pod-not-prepared",
    rank=70,
    roots=WITH_PODS,
    summary=text("A volume cannot be mounted, or the pod's network cannot be made."),
    check=_check,
    remedy=Remedy(
        text(
            "Create the Secret, ConfigMap or PersistentVolumeClaim named in the message, or remove it from the spec."
        )
    ),
    needs=(
        POD,
        EVENT,
    ),
)
