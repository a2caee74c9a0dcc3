"""A pod has its node, but its volumes or network cannot be made. Only events tell."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, by_time, on_pod, short, waits_since
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.family import Family
from modelsweb.topology.pod import PREPARING, containers

_ID = "pod-not-prepared"
_VOLUME = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_OTHER = ("FailedCreatePodSandBox", "NetworkNotReady", "FailedPrepareDynamicResources")


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        if pod.string("status", "phase") != "Pending" or any(
            container.waiting not in PREPARING or container.is_running or container.ended
            for container in containers(pod)
        ):
            continue
        for event in family.events_of(pod.uid, *_VOLUME):
            sentence = text(
                "A volume of pod {pod} cannot be mounted: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield _finding(family, pod, sentence, now)
            return
        for event in family.events_of(pod.uid, *_OTHER):
            sentence = text(
                "Pod {pod} cannot be set up on its node: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield _finding(family, pod, sentence, now)
            return


def _finding(family: Family, pod: Obj, sentence: Text, now: datetime) -> Finding:
    """What is missing may still be made; each pod of the version that tries again goes on waiting for it."""
    since = waits_since(family, pod, "PodScheduled")
    severity, due = by_time(since, limits.WARNING, now)
    return on_pod(_ID, severity, pod, sentence, since=since, due=due)


RULE = Rule(
    _ID,
    text("A volume cannot be mounted, or the pod's network cannot be made."),
    _check,
    text(
        "Create the Secret, ConfigMap or PersistentVolumeClaim named in the message, or remove it from the spec."
    ),
)
