"""An init container fails: nearly always the storage-initializer, which downloads the model."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import WITH_PODS, Finding, Remedy, Rule, on_pod, short
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.pod import DOWNLOADER, Container, Ended, containers
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        for container in containers(pod):
            if container.is_init and (failure := container.failure):
                yield on_pod(
                    pod,
                    _sentence(pod, container, failure=failure),
                    field=container.path("state.terminated"),
                    container=container.name,
                )


def _sentence(pod: Obj, container: Container, *, failure: Ended) -> Text:
    values: dict[str, str | int] = {"container": container.name, "pod": pod.name, "code": failure.exit_code}
    if failure.reason == "OOMKilled":
        return text("{container} in pod {pod} was killed: it needs more memory than its limit.", **values)
    if not failure.message.strip():
        return text(
            "{container} in pod {pod} exited with code {code}. Check its log for the cause.", **values
        )
    message = short(failure.message)
    if container.name == DOWNLOADER:
        return text(
            "The model cannot be downloaded: {container} in pod {pod} exited with code {code}: {message}",
            **values,
            message=message,
        )
    return text("{container} in pod {pod} exited with code {code}: {message}", **values, message=message)


RULE = Rule(
    id="download-failed",
    rank=30,
    roots=WITH_PODS,
    summary=text("The model cannot be downloaded: wrong address, no access, or too little memory."),
    check=_check,
    remedy=Remedy(
        text("Check the model source and the credentials of its service account, then apply the spec again.")
    ),
    needs=(POD,),
)
