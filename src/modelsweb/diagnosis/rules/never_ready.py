"""A container runs and its probe does not pass. That is a normal start, until it takes too long."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from modelsweb.clock import parse_time
from modelsweb.diagnosis.finding import Finding, Rule, Severity, on_pod, short
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.family import Family
from modelsweb.topology.pod import containers

_ID = "never-ready"
_DEADLINE = timedelta(seconds=600)
"""The progress deadline that KServe gives its Deployments."""


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        waiting = [c.name for c in containers(pod) if c.is_running and not c.is_ready and not c.is_init]
        events = family.events_of(pod.uid, "Unhealthy")
        if not waiting or not events:
            continue
        since = _started(pod)
        is_late = since is not None and now - since > _DEADLINE
        found = on_pod(
            _ID,
            Severity.FAULT if is_late else Severity.DELAY,
            pod,
            text(
                "{container} in pod {pod} runs but is not ready: {message}",
                container=waiting[0],
                pod=pod.name,
                message=short(events[0].message),
            ),
            container=waiting[0],
        )
        yield replace(found, since=since, due=None if is_late or since is None else since + _DEADLINE)


def _started(pod: Obj) -> datetime | None:
    return parse_time(pod.string("status", "startTime")) or pod.created


RULE = Rule(_ID, "A container runs, but its probe has not passed within ten minutes.", _check)
