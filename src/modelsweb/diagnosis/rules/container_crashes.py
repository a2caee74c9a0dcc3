"""A container of the model server ends: out of memory, killed by its own probe, or with an error of its own.

The kubelet tells of a probe by a Normal event alone, which is not among the warnings; the exit code looks like that of a server that
was killed for memory, or that ends by itself
(https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from modelsweb.diagnosis.finding import WITH_PODS, Finding, Remedy, Rule, on_pod, short
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.pod import Container, Ended, amounts, containers
from modelsweb.topology.service_snapshot import Event, ServiceSnapshot

_KILLED = 137
_BY_SIGNAL = {0, _KILLED, 143}
"""How a server ends that is told to: by itself, or killed once it takes too long."""
_PROBE = re.compile(r"failed (liveness|startup) probe")
_GRACE = timedelta(seconds=30)
_SAME_CLOCK = timedelta(seconds=2)


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        for container in containers(pod):
            failure = container.failure
            if container.is_init or failure is None or failure.reason == "StartError":
                continue
            killing = _killing(snapshot, pod, name=container.name, failure=failure)
            yield on_pod(
                pod,
                _sentence(pod, container, failure=failure)
                if killing is None
                else _by_probe(snapshot, pod, container=container, killing=killing),
                field=container.path(
                    "lastState.terminated" if container.ended is None else "state.terminated"
                ),
                event=killing,
                container=container.name,
                remedy=_remedy(failure) if killing is None else _MORE_TIME,
            )


def _killing(snapshot: ServiceSnapshot, pod: Obj, *, name: str, failure: Ended) -> Event | None:
    """The kubelet's word that it ended this run of a container because a probe failed."""
    if failure.reason == "OOMKilled" or failure.exit_code not in _BY_SIGNAL or failure.at is None:
        return None
    began = failure.began or failure.at - _GRACE
    for event in snapshot.normal:
        is_of_container = event.uid == pod.uid and event.field.endswith(f"{{{name}}}")
        if is_of_container and event.reason == "Killing" and _PROBE.search(event.message):
            if event.last is None or event.last < began:
                return None
            # One that is counted may tell of the run after this one already.
            return event if (event.first or event.last) <= failure.at + _SAME_CLOCK else None
    return None


def _by_probe(snapshot: ServiceSnapshot, pod: Obj, *, container: Container, killing: Event) -> Text:
    found = _PROBE.search(killing.message)
    probe = found[1] if found is not None else ""
    said = next(
        (
            event.message.partition("probe failed: ")[2].strip()
            for event in snapshot.events_of(pod.uid, "Unhealthy")
            if event.field == killing.field and event.message.lower().startswith(probe)
        ),
        "",
    )
    values: dict[str, str | int] = {
        "container": container.name,
        "pod": pod.name,
        "probe": f"{probe}Probe",
        "n": container.restarts,
    }
    if said:
        return text(
            "{container} in pod {pod} is restarted because its {probe} fails: {message}. Restarts: {n}.",
            **values,
            message=short(said).removesuffix("."),
        )
    return text("{container} in pod {pod} is restarted because its {probe} fails. Restarts: {n}.", **values)


def _sentence(pod: Obj, container: Container, *, failure: Ended) -> Text:
    values: dict[str, str | int] = {
        "container": container.name,
        "pod": pod.name,
        "code": failure.exit_code,
        "n": container.restarts,
    }
    limit = amounts(pod, container.name, field="limits").get("memory", "")
    if failure.reason == "OOMKilled" and limit:
        return text(
            "Out of memory: {container} in pod {pod} was killed at its memory limit of {limit} (OOMKilled). Restarts: {n}.",
            **values,
            limit=limit,
        )
    if failure.reason == "OOMKilled":
        return text(
            "Out of memory: {container} in pod {pod} was killed (OOMKilled). Restarts: {n}.", **values
        )
    if failure.message.strip():
        return text(
            "{container} in pod {pod} exited with code {code}: {message}",
            **values,
            message=short(failure.message),
        )
    if failure.exit_code == 0:
        return text(
            "{container} in pod {pod} ends at once (Completed, exit code {code}). Restarts: {n}. A model server must keep running.",
            **values,
        )
    if failure.exit_code == _KILLED:
        return text(
            "{container} in pod {pod} was killed (exit code {code}). Restarts: {n}. The usual cause is insufficient memory or a failing liveness probe.",
            **values,
        )
    return text(
        "{container} in pod {pod} exited with code {code}. Restarts: {n}. Check the log of its last run for the cause.",
        **values,
    )


_MORE_TIME = Remedy(
    text(
        "If it only takes long to load, give it more time: a startupProbe, or a higher failureThreshold. Else read the log of its last run."
    )
)


def _remedy(failure: Ended) -> Remedy | None:
    if failure.reason == "OOMKilled" or failure.exit_code == _KILLED:
        return Remedy(
            text("Increase the memory limit of the component, or serve a smaller or quantized model.")
        )
    if failure.exit_code == 0:
        return Remedy(text("Correct the command, so that the server keeps running."))
    return None


RULE = Rule(
    id="container-crashes",
    rank=60,
    roots=WITH_PODS,
    summary=text("A container ends again and again: out of memory, or an error while it loads the model."),
    check=_check,
    remedy=Remedy(text("Read the log of the last run, then correct the model, its settings or the image.")),
    needs=(POD,),
)
