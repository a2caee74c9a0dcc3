"""A pod was evicted, or its node was lost; the controller makes another."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import WITH_PODS, Finding, FindingState, Remedy, Rule, by_time, on_pod
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology import pod as pods
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for component in {pods.component(pod): None for pod in snapshot.over}:
        ended = [
            pod
            for pod in snapshot.over
            if pods.component(pod) == component and pod.string("status", "phase") == "Failed"
        ]
        alive = snapshot.heads(component)
        if ended and not any(map(pods.has_begun, alive)):
            yield _finding(ended, now)


def _finding(ended: list[Obj], now: datetime) -> Finding:
    """Of pods that ended, the newest first. One is followed by another; the same again and again is a fault."""
    newest = ended[0]
    reason = newest.string("status", "reason") or "Failed"
    same = [pod for pod in ended if (pod.string("status", "reason") or "Failed") == reason]
    since = min((pod.created for pod in same if pod.created), default=None)
    state, due = by_time(since, limits.WARNING, now=now)
    values: dict[str, str | int] = {
        "n": len(same),
        "pod": newest.name,
        "reason": reason,
        "message": newest.string("status", "message") or reason,
    }
    if len(same) == 1:
        del values["n"]
        state, due = FindingState.DELAY, None
        sentence = text("Pod {pod} was terminated ({reason}); a replacement is starting: {message}", **values)
    elif any(map(pods.has_begun, same)):
        sentence = text("Pods terminated ({reason}): {n}, most recently {pod}: {message}", **values)
    else:
        sentence = text(
            "Pods refused by their node ({reason}): {n}, most recently {pod}: {message}", **values
        )
    return on_pod(newest, sentence, field="status.reason", state=state, since=since, due=due)


RULE = Rule(
    id="pod-evicted",
    rank=160,
    roots=WITH_PODS,
    summary=text("Pods are evicted, lost with their node or refused by it, and none takes their place."),
    check=_check,
    remedy=Remedy(
        text("Contact the node administrator. Requesting less memory or disk makes this less likely.")
    ),
    needs=(POD,),
)
