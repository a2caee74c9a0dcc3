"""No node takes the pod: not enough CPU, memory or GPUs, no node that fits, or a volume claim that is missing."""

import re
from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, Severity, by_time, on_pod
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.family import Family

_ID = "unschedulable"
_UNBOUND = "unbound immediate PersistentVolumeClaims"
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        scheduled = pod.condition("PodScheduled")
        if scheduled is not None and scheduled.is_false and scheduled.reason == "Unschedulable":
            yield _finding(family, pod, scheduled.message, now)


def _finding(family: Family, pod: Obj, message: str, now: datetime) -> Finding:
    if found := _CLAIM.search(message):
        sentence = text(
            "Pod {pod} needs the PersistentVolumeClaim {claim}, which does not exist.",
            pod=pod.name,
            claim=found[1],
        )
        remedy = text("Create the PersistentVolumeClaim, or correct its name.")
        return on_pod(_ID, Severity.FAULT, pod, sentence, remedy=remedy)
    sentence = text(
        "Pod {pod} cannot be scheduled: {message}", pod=pod.name, message=message.partition(" preemption:")[0]
    )
    since = family.began(pod)
    if _UNBOUND in message:  # a claim is bound while its first pod waits
        severity, due = by_time(since, limits.WARNING, now)
        if severity is Severity.DELAY:
            return on_pod(_ID, severity, pod, sentence, since=since, due=due)
    return on_pod(_ID, Severity.QUEUE, pod, sentence, since=since)


RULE = Rule(
    _ID,
    text("No node takes the pod: too little CPU, memory or GPU, or no node that fits."),
    _check,
    text("Request less CPU, memory or devices, free up some of them, or ask for more nodes."),
)
