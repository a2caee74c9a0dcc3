"""A container runs and its probe does not pass.

Where nobody answers the probe, or the answer is "not yet", the model is being loaded, and that takes as long as it takes. A
server that answers otherwise for too long will not come up.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from modelsweb.clock import parse_time
from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
    WITH_PODS,
    Finding,
    FindingState,
    Remedy,
    Rule,
    by_time,
    may_pass,
    on_pod,
    short,
)
from modelsweb.kinds import EVENT, POD
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.pod import containers
from modelsweb.topology.service_snapshot import ServiceSnapshot

_NOT_YET = re.compile(r"statuscode: (?:503|429|425)\b|NOT_SERVING", re.IGNORECASE)


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        waiting = [c.name for c in containers(pod) if c.is_running and not c.is_ready and not c.is_init]
        events = snapshot.events_of(pod.uid, "Unhealthy")
        if not waiting or not events:
            continue
        since = _started(pod)
        said = events[0].message
        state, due = by_time(since, limits.PROBE, now=now)
        if may_pass(said) or _NOT_YET.search(said):
            state, due = FindingState.DELAY, None
        yield on_pod(
            pod,
            text(
                "{container} in pod {pod} is running but not ready: {message}",
                container=waiting[0],
                pod=pod.name,
                message=short(said),
            ),
            event=events[0],
            state=state,
            container=waiting[0],
            since=since,
            due=due,
        )


def _started(pod: Obj) -> datetime | None:
    return parse_time(pod.string("status", "startTime")) or pod.created


RULE = Rule(
    id="never-ready",
    rank=80,
    roots=WITH_PODS,
    summary=text("A server answers its probe, but has not passed it within ten minutes."),
    check=_check,
    remedy=Remedy(text("Check that the probe uses a port and path on which the server responds.")),
    needs=(
        POD,
        EVENT,
    ),
)
