"""Event: what happened to an object, in the words of who saw it. The API server forgets it after about an hour."""

from modelsweb.kinds.links import BY_INVOLVED
from modelsweb.objects.kind import Kind

EVENT = Kind(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    watched=True,
    owner=BY_INVOLVED,
)
