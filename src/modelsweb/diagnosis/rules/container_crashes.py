"""A container of the model server ends: out of memory, or with an error of its own."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import WITH_PODS, Finding, Remedy, Rule, on_pod, short
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.pod import Container, Ended, amounts, containers
from modelsweb.topology.service_snapshot import ServiceSnapshot

_KILLED = 137


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        for container in containers(pod):
            failure = container.failure
            if container.is_init or failure is None or failure.reason == "StartError":
                continue
            yield on_pod(
                pod,
                _sentence(pod, container, failure=failure),
                field=container.path(
                    "lastState.terminated" if container.ended is None else "state.terminated"
                ),
                container=container.name,
                remedy=_remedy(failure),
            )


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
