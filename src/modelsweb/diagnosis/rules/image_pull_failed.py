"""An image cannot be pulled."""

from collections.abc import Iterator
from datetime import datetime

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
    waits_since,
)
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.pod import Container, containers, image
from modelsweb.topology.service_snapshot import ServiceSnapshot

_BACK_OFF = {"ErrImagePull", "ImagePullBackOff"}
_TELLS_NOTHING = "Back-off pulling image"
_REASONS = {
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
}


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for pod in snapshot.pods:
        for container in containers(pod):
            if container.waiting in _REASONS:
                why = _why(snapshot, pod, container=container)
                sentence = text(
                    "The image {image} of {container} in pod {pod} cannot be pulled: {message}",
                    image=image(pod, container.name) or container.image,
                    container=container.name,
                    pod=pod.name,
                    message=why or container.waiting,
                )
                state, due, since = FindingState.FAULT, None, snapshot.began(pod)
                if may_pass(why) or (container.waiting in _BACK_OFF and _TELLS_NOTHING in why):
                    since = waits_since(snapshot, pod, "PodScheduled" if container.is_init else "Initialized")
                    state, due = by_time(since, limits.PULL, now=now)
                yield on_pod(
                    pod,
                    sentence,
                    field=container.path("state.waiting"),
                    state=state,
                    container=container.name,
                    since=since,
                    due=due,
                )


def _why(snapshot: ServiceSnapshot, pod: Obj, *, container: Container) -> str:
    """The registry's answer: in the state at first, later only in the event, since a back-off overwrites it. Another container of
    the pod may have been refused for another reason."""
    message, own = container.waiting_message, f"{{{container.name}}}"
    events = (
        one for one in snapshot.events_of(pod.uid, "Failed") if not one.field or one.field.endswith(own)
    )
    for said in (message, *(event.message for event in events)):
        _, found, rest = said.partition("desc = ")
        if found:  # the runtime repeats the image's name at each level; the last one says why
            return short(rest.rpartition('": ')[2] or rest)
    return short(message)


RULE = Rule(
    id="image-pull-failed",
    rank=40,
    roots=WITH_PODS,
    summary=text("An image cannot be pulled: wrong name or tag, no access, or no such registry."),
    check=_check,
    remedy=Remedy(
        text("Check the image name and tag, and that the namespace has a pull secret for the registry.")
    ),
    needs=(POD,),
)
