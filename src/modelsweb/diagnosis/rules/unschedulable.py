"""No node takes the pod: not enough CPU, memory or GPUs, no node that fits, a gate, or a volume claim that is missing."""

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
_SHORT = ("Insufficient ", "Too many pods", "max volume count")
"""What is free again once others go."""
_FITS_NOT = ("affinity", "selector", "taint", "topology spread")
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        scheduled = pod.condition("PodScheduled")
        if scheduled is None or not scheduled.is_false:
            continue
        if scheduled.reason == "Unschedulable":
            yield _finding(snapshot, pod, message=scheduled.message, now=now)
        elif scheduled.reason == "SchedulingGated":
            yield _gated(snapshot, pod)


def _gated(snapshot: ServiceSnapshot, pod: Obj) -> Finding:
    """Nobody looks for a node before all gates are open: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/"""
    gates = ", ".join(str(one.get("name")) for one in pod.items("spec", "schedulingGates") if one.get("name"))
    sentence = (
        text("Pod {pod} waits to be admitted by {gates}.", pod=pod.name, gates=gates)
        if gates
        else text("Pod {pod} waits to be admitted: scheduling gates hold it.", pod=pod.name)
    )
    since = snapshot.began(pod)
    return on_pod(pod, sentence, field=_FIELD, state=FindingState.QUEUE, since=since, remedy=_ADMISSION)


_ADMISSION = Remedy(
    text(
        "Ask who sets the gates, such as Kueue, why the pod is not admitted: its queue may be full or missing."
    )
)


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
    place = _PLACE if _fits_nowhere(message) else None
    return on_pod(pod, sentence, field=_FIELD, state=FindingState.QUEUE, since=since, remedy=place)


_PLACE = Remedy(
    text(
        "Compare nodeSelector, affinity and tolerations of the pod, and where its volumes are, with the labels and taints of the nodes."
    )
)


def _fits_nowhere(message: str) -> bool:
    """Nothing is short: every node is ruled out by where the pod wants to be, or may not be."""
    reasons = message.partition(" preemption:")[0]
    return any(one in reasons for one in _FITS_NOT) and not any(one in reasons for one in _SHORT)


RULE = Rule(
    id="unschedulable",
    rank=100,
    roots=WITH_PODS,
    summary=text("No node takes the pod: too little CPU, memory or GPU, or no node that fits."),
    check=_check,
    remedy=Remedy(text("Request less CPU, memory or devices, free up some of them, or ask for more nodes.")),
    needs=(POD,),
)
