"""A LeaderWorkerSet is there and nothing makes its pods: its controller does not run. KServe says "LWS is progressing" for ever."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, FindingState, Remedy, Rule, by_time, on_service
from modelsweb.kinds import LEADER_WORKER_SET, LLM_INFERENCE_SERVICE, POD
from modelsweb.text import text
from modelsweb.topology.llm_service import groups_of
from modelsweb.topology.pod import LLM_MAIN, LLM_PREFILL, component
from modelsweb.topology.service_snapshot import ServiceSnapshot

_PARTS = (LLM_MAIN, LLM_PREFILL)


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    there = {component(pod) for pod in (*snapshot.pods, *snapshot.over, *snapshot.leaving)}
    groups = [(role, group) for role in _PARTS for group in groups_of(snapshot, role)]
    for role, group in groups:
        if role in there or group.conditions() or group.integer("spec", "replicas") == 0:
            continue  # its controller has seen it
        state, due = by_time(group.created, limits.SILENCE, now=now)
        if state is FindingState.FAULT:
            sentence = text(
                "Nothing makes the pods of LeaderWorkerSet {name}: its controller has written no status.",
                name=group.name,
            )
        else:
            sentence = text("Waiting for the pods of LeaderWorkerSet {name}.", name=group.name)
        yield on_service(
            snapshot, sentence, field="status", state=state, since=group.created, due=due, component=role
        )
        return


RULE = Rule(
    id="llm-group-not-made",
    rank=135,
    roots=(LLM_INFERENCE_SERVICE,),
    summary=text("A LeaderWorkerSet has no pods after two minutes, and no status."),
    check=_check,
    remedy=Remedy(text("Ask the cluster administrator whether the LeaderWorkerSet controller runs.")),
    needs=(POD, LEADER_WORKER_SET),
)
