"""No node takes the pod: not enough CPU, memory or GPUs, no node that fits, or a volume claim that is missing."""

import re
from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import WITH_PODS, Finding, FindingState, Remedy, Rule, by_time, on_pod
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.service_snapshot import ServiceSnapshot

_FIELD = "status.conditions[PodScheduled]"
_UNBOUND = "unbound immediate PersistentVolumeClaims"
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        scheduled = pod.condition("PodScheduled")
        if scheduled is not None and scheduled.is_false and scheduled.reason == "Unschedulable":
            yield _finding(snapshot, pod, message=scheduled.message, now=now)


def _finding(snapshot: ServiceSnapshot, pod: Obj, *, message: str, now: datetime) -> Finding:
    if found := _CLAIM.search(message):
        sentence = text(
            "Pod {pod} needs the PersistentVolumeClaim {claim}, which does not exist.",
            pod=pod.name,
            claim=found[1],
        )
        remedy = Remedy(text("Create the PersistentVolumeClaim, or correct its name."))
        return on_pod(pod, sentence, field=_FIELD, remedy=remedy)
    sentence = text(
        "Pod {pod} cannot be scheduled: {message}", pod=pod.name, message=message.partition(" preemption:")[0]
    )
    since = snapshot.began(pod)
    if _UNBOUND in message:  # a claim is bound while its first pod waits
        state, due = by_time(since, limits.WARNING, now=now)
        if state is FindingState.DELAY:
            return on_pod(pod, sentence, field=_FIELD, state=state, since=since, due=due)
    return on_pod(pod, sentence, field=_FIELD, state=FindingState.QUEUE, since=since)


RULE = Rule(
    id="unschedulable",
    rank=100,
    roots=WITH_PODS,
    summary=text("No node takes the pod: too little CPU, memory or GPU, or no node that fits."),
    check=_check,
    remedy=Remedy(text("Request less CPU, memory or devices, free up some of them, or ask for more nodes.")),
    needs=(POD,),
)
