"""Event: what went wrong, in the words of who saw it. Only warnings are watched."""

import re

from modelsweb.objects.kind import Kind, Link

EVENT = Kind(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    watched=True,
    link=Link.INVOLVED,
    field_selector="type=Warning",
)

_CHILD = re.compile(r"(.+?)-(?:predictor|transformer|explainer)(?:-|$)")


def service_of(involved: str) -> str:
    """The service that an object belongs to by its name: KServe calls children ``SERVICE-predictor…`` and so on.

    Pods that failed are removed and only their events are left, so an event is found by the name of what it is about;
    the uid tells later whether that is the object that is there now.
    """
    found = _CHILD.match(involved)
    return found[1] if found else involved
