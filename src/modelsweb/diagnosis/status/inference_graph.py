"""The state of an InferenceGraph: of its router's pods, and of the services that its steps call.

KServe writes no status while a step's service is not ready, and none ever for one that does not exist; and it calls a graph ready while
the services behind it fail.
"""

from dataclasses import replace
from datetime import datetime

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.ending import ends
from modelsweb.diagnosis.engine import diagnose
from modelsweb.diagnosis.finding import Finding, FindingState
from modelsweb.diagnosis.unseen import by_hearsay, silent
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import INFERENCE_GRAPH
from modelsweb.text import text
from modelsweb.topology import demand
from modelsweb.topology.graph_steps import fails
from modelsweb.topology.pod import GRAPH_ROUTER
from modelsweb.topology.running_graph import graph_before, states_for
from modelsweb.topology.service_snapshot import ServiceSnapshot

_STILL_BEFORE = text("Its router still runs the graph before the last change.")


def judge(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """The verdict on a graph as it is."""
    if (ending := ends(snapshot, now)) is not None:
        return ending
    diagnosis = diagnose(snapshot, now, root=INFERENCE_GRAPH)
    if diagnosis.fault is not None:
        verdict = _at_fault(snapshot, diagnosis.fault)
    else:
        verdict = _without_fault(snapshot, diagnosis.first, now=now)
    return replace(verdict, unchecked=diagnosis.unchecked, findings=diagnosis.findings)


def _at_fault(snapshot: ServiceSnapshot, finding: Finding) -> Verdict:
    if _runs(snapshot):
        if finding.rule != "graph-step-broken":
            return Verdict(status=Status.DEGRADED, cause=finding.sentence, finding=finding)
        before = graph_before(snapshot)
        running = before or snapshot.service
        if fails(running, states_for(running, snapshot)):
            status, effect = Status.FAILED, text("Its router runs; every request fails at this step.")
        elif before is not None:
            status, effect = Status.DEGRADED, _STILL_BEFORE
        else:
            status, effect = Status.DEGRADED, text("Its router runs; requests through this step fail.")
        return Verdict(status=status, cause=finding.sentence, effect=effect, finding=finding)
    status = Status.QUEUED if finding.state is FindingState.QUEUE else Status.FAILED
    return Verdict(status=status, cause=finding.sentence, finding=finding)


def _runs(snapshot: ServiceSnapshot) -> bool:
    """Its router answers, or starts with the next request."""
    ready = snapshot.service.condition("Ready")
    is_at_zero = ready is not None and ready.is_true and bool(snapshot.revisions)
    return bool(snapshot.ready_pods(GRAPH_ROUTER)) or (
        snapshot.is_read and is_at_zero and not snapshot.heads(GRAPH_ROUTER)
    )


def _without_fault(snapshot: ServiceSnapshot, delayed: Finding | None, *, now: datetime) -> Verdict:
    ready = snapshot.service.condition("Ready")
    is_ready = ready is not None and ready.is_true
    if delayed is not None and not snapshot.ready_pods(GRAPH_ROUTER):
        return Verdict(status=Status.STARTING, cause=delayed.sentence, finding=delayed, due=delayed.due)
    if ready is None and not snapshot.has_children:
        return silent(
            snapshot.service,
            now,
            cause=text(
                "KServe has not reported on this graph yet. Check that the KServe controller is running."
            ),
        )
    if not snapshot.is_read:
        return by_hearsay(
            snapshot,
            is_ready=is_ready,
            ready=text("KServe reports the graph as ready."),
            not_yet=text("KServe has not reported the graph as ready yet."),
        )
    if snapshot.ready_pods(GRAPH_ROUTER) and is_ready:
        if delayed is not None:
            return Verdict(
                status=Status.DEGRADED,
                cause=delayed.sentence,
                effect=_STILL_BEFORE if graph_before(snapshot) is not None else None,
                finding=delayed,
                due=delayed.due,
            )
        return Verdict(status=Status.READY)
    if is_ready and snapshot.revisions and not snapshot.heads(GRAPH_ROUTER):
        return Verdict(status=Status.SCALED_TO_ZERO)
    asked = demand.wanted(snapshot.deployments_of(GRAPH_ROUTER))
    if is_ready and not snapshot.heads(GRAPH_ROUTER):
        sentence = text(
            "KServe reports the graph as ready, but its router has no pods: {ready} of {wanted}.",
            ready=0,
            wanted=asked or 0,
        )
        return Verdict(status=Status.UNKNOWN, cause=sentence)
    values = {
        "ready": len(snapshot.ready_pods(GRAPH_ROUTER)),
        "wanted": asked or len(snapshot.heads(GRAPH_ROUTER)),
    }
    sentence = (
        text(
            "KServe reports the graph as ready, but its router is still starting: {ready} of {wanted} replicas are ready.",
            **values,
        )
        if is_ready
        else text("The router is starting: {ready} of {wanted} replicas are ready.", **values)
    )
    return Verdict(
        status=Status.STARTING,
        cause=sentence,
        effect=start_up.slowness(snapshot, now),
        due=start_up.due(snapshot, now),
    )
