"""A pod was evicted, or its node was lost; the controller makes another."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Rule, Severity, on_pod
from modelsweb.text import text
from modelsweb.topology import pod as pods
from modelsweb.topology.family import Family

_ID = "pod-evicted"


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        reason = pod.string("status", "reason")
        if (
            pod.string("status", "phase") == "Failed"
            and reason
            and not family.ready_pods(pods.component(pod))
        ):
            message = pod.string("status", "message") or reason
            sentence = text(
                "Pod {pod} was ended ({reason}), another one starts: {message}",
                pod=pod.name,
                reason=reason,
                message=message,
            )
            yield on_pod(_ID, Severity.DELAY, pod, sentence)


RULE = Rule(_ID, "A pod was evicted or its node was lost, and its replacement is not ready yet.", _check)
