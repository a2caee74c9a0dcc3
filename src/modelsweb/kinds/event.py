"""Event: what happened to an object, in the words of who saw it. The API server forgets it after about an hour."""

from modelsweb.objects.kind import Kind, Link

EVENT = Kind(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    watched=True,
    link=Link.INVOLVED,
)
