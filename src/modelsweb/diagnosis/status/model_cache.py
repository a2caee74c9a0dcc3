"""The state of a model cache, of the whole cluster or of a namespace, by what KServe reports of each node.

The counts beside the nodes are summed up from them and may be older (``pkg/controller/v1alpha1/localmodel/reconcilers`` of KServe writes
both), so the nodes count.
"""

from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.ending import ends
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
        created = cache.created
        if created is not None and now - created < limits.SILENCE:
            return Verdict(status=Status.STARTING, due=created + limits.SILENCE)
        return Verdict(
            status=Status.UNKNOWN,
            cause=text(
                "KServe reports no node for it: its node groups have none, or their controller does not run."
            ),
        )
    failed = [name for name, state in nodes if state is NodeState.ERROR]
    held = sum(state is NodeState.DOWNLOADED for _, state in nodes)
    if failed:
        return Verdict(
            status=Status.DEGRADED if held else Status.FAILED,
            cause=text(
                "The download fails on {n} of {all} nodes, {node} among them.",
                n=len(failed),
                all=len(nodes),
                node=failed[0],
            ),
        )
    away = [name for name, state in nodes if state is NodeState.NOT_READY]
    if any(state in _UNDER_WAY for _, state in nodes):
        status = Status.UPDATING if held else Status.STARTING
        return Verdict(
            status=status,
            cause=text("{n} of {all} nodes hold it; its progress is not reported.", n=held, all=len(nodes)),
        )
    if away:
        return Verdict(
            status=Status.DEGRADED if held else Status.FAILED,
            cause=text(
                "{n} of {all} nodes are not ready, {node} among them.",
                n=len(away),
                all=len(nodes),
                node=away[0],
            ),
        )
    if held == len(nodes):
        return Verdict(status=Status.READY)
    return Verdict(
        status=Status.UNKNOWN, cause=text("KServe reports states of nodes that this version does not know.")
    )
