"""The state of a model cache, of the whole cluster or of a namespace, by what KServe reports of each node.

The counts beside the nodes are summed up from them and may be older (``pkg/controller/v1alpha1/localmodel/reconcilers`` of KServe writes
both), so the nodes count.
"""

from datetime import datetime

from modelsweb.diagnosis.ending import ends
from modelsweb.diagnosis.unseen import silent
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.text import text
from modelsweb.topology.model_cache import NodeState, nodes_of, users_of
from modelsweb.topology.service_snapshot import ServiceSnapshot

_UNDER_WAY = {NodeState.PENDING, NodeState.DOWNLOADING}


def judge(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """The verdict on a cache as it is."""
    cache = snapshot.service
    if cache.deleted is not None and (users := users_of(cache)):
        sentence = text(
            "It goes when nobody uses it: {n} do, {name} among them.", n=len(users), name=users[0].name
        )
        return Verdict(status=Status.DELETING, cause=sentence)
    if (ending := ends(snapshot, now)) is not None:
        return ending
    nodes = nodes_of(cache)
    if not nodes:
        sentence = text(
            "KServe reports no node for it: its node groups have none, or their controller does not run."
        )
        return silent(cache, now, cause=sentence)
    total = len(nodes)
    held = sum(state is NodeState.DOWNLOADED for _, state in nodes)
    at_fault = Status.DEGRADED if held else Status.FAILED
    if failed := [name for name, state in nodes if state is NodeState.ERROR]:
        sentence = text(
            "The download fails on {n} of {all} nodes, {node} among them.",
            n=len(failed),
            all=total,
            node=failed[0],
        )
        return Verdict(status=at_fault, cause=sentence)
    if any(state in _UNDER_WAY for _, state in nodes):
        sentence = text("{n} of {all} nodes hold it; its progress is not reported.", n=held, all=total)
        return Verdict(status=Status.UPDATING if held else Status.STARTING, cause=sentence)
    if away := [name for name, state in nodes if state is NodeState.NOT_READY]:
        sentence = text(
            "{n} of {all} nodes are not ready, {node} among them.", n=len(away), all=total, node=away[0]
        )
        return Verdict(status=at_fault, cause=sentence)
    if held == total:
        return Verdict(status=Status.READY)
    return Verdict(
        status=Status.UNKNOWN, cause=text("KServe reports states of nodes that this version does not know.")
    )
