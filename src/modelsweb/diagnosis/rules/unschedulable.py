"""No node takes the pod: not enough CPU, memory or GPUs, no node that fits, or a volume claim that is missing."""

import re
from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Rule, Severity, on_pod
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.family import Family

_ID = "unschedulable"
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        scheduled = pod.condition("PodScheduled")
        if scheduled is not None and scheduled.is_false and scheduled.reason == "Unschedulable":
            yield _finding(pod, scheduled.message)


def _finding(pod: Obj, message: str) -> Finding:
    if found := _CLAIM.search(message):
        return on_pod(
            _ID,
            Severity.FAULT,
            pod,
            text(
                "Pod {pod} needs the volume claim {claim}, which does not exist.",
                pod=pod.name,
                claim=found[1],
            ),
        )
    return on_pod(
        _ID,
        Severity.QUEUE,
        pod,
        text(
            "No node takes pod {pod}: {message}", pod=pod.name, message=message.partition(" preemption:")[0]
        ),
    )


RULE = Rule(_ID, "No node takes the pod: too little CPU, memory or GPU, or no node that fits.", _check)
