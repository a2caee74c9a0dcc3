"""A pod has its node, but its volumes or network cannot be made. Only events tell."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Rule, Severity, on_pod, short
from modelsweb.text import text
from modelsweb.topology.family import Family
from modelsweb.topology.pod import containers

_ID = "pod-not-prepared"
_VOLUME = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_OTHER = ("FailedCreatePodSandBox", "NetworkNotReady", "FailedPrepareDynamicResources")
_PREPARING = {"", "ContainerCreating", "PodInitializing"}


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        if pod.string("status", "phase") != "Pending" or any(
            container.waiting not in _PREPARING or container.is_running or container.ended
            for container in containers(pod)
        ):
            continue
        for event in family.events_of(pod.uid, *_VOLUME):
            sentence = text(
                "A volume of pod {pod} cannot be mounted: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield on_pod(_ID, Severity.FAULT, pod, sentence)
            return
        for event in family.events_of(pod.uid, *_OTHER):
            sentence = text(
                "Pod {pod} cannot be set up on its node: {message}",
                pod=pod.name,
                message=short(event.message),
            )
            yield on_pod(_ID, Severity.FAULT, pod, sentence)
            return


RULE = Rule(_ID, "A volume cannot be mounted, or the pod's network cannot be made.", _check)
