"""An image cannot be pulled."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, Severity, by_time, may_pass, on_pod, short, waits_since
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.family import Family
from modelsweb.topology.pod import containers, image

_ID = "image-pull-failed"
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


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for pod in family.pods:
        for container in containers(pod):
            if container.waiting in _REASONS:
                why = _why(family, pod, container.waiting_message)
                sentence = text(
                    "The image {image} of {container} in pod {pod} cannot be pulled: {message}",
                    image=image(pod, container.name) or container.image,
                    container=container.name,
                    pod=pod.name,
                    message=why or container.waiting,
                )
                severity, due, since = Severity.FAULT, None, family.began(pod)
                if may_pass(why) or (container.waiting in _BACK_OFF and _TELLS_NOTHING in why):
                    since = waits_since(family, pod, "PodScheduled" if container.is_init else "Initialized")
                    severity, due = by_time(since, limits.PULL, now)
                yield on_pod(_ID, severity, pod, sentence, container=container.name, since=since, due=due)


def _why(family: Family, pod: Obj, message: str) -> str:
    """The registry's answer: in the state at first, later only in the event, since a back-off overwrites it."""
    for said in (message, *(event.message for event in family.events_of(pod.uid, "Failed"))):
        _, found, rest = said.partition("desc = ")
        if found:  # the runtime repeats the image's name at each level; the last one says why
            return short(rest.rpartition('": ')[2] or rest)
    return short(message)


RULE = Rule(
    _ID,
    text("An image cannot be pulled: wrong name or tag, no access, or no such registry."),
    _check,
    text("Check the image name and tag, and that the namespace has a pull secret for the registry."),
)
