"""Event: what happened to an object, in the words of who saw it. The API server forgets it after about an hour."""

import re

from modelsweb.objects.kind import Kind, Link

EVENT = Kind(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    watched=True,
    link=Link.INVOLVED,
)

_CHILD = re.compile(r"(.+?)-(?:predictor|transformer|explainer)(?:-|$)")
_NAMED_AS_SERVICE = {"InferenceService", "Ingress", "HTTPRoute", "VirtualService", "Service", "ConfigMap"}


def service_of(kind: str, name: str) -> str:
    """The service that an object belongs to by its name; empty where it cannot be one's.

    KServe calls children ``SERVICE-predictor…`` and so on. Pods that failed are removed and only their events are left,
    so an event is found by the name of what it is about; the uid tells later whether that is the object that is there.
    """
    if kind == "InferenceService":
        return name
    if found := _CHILD.match(name):
        return found[1]
    return name if kind in _NAMED_AS_SERVICE else ""
