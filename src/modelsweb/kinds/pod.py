"""Pod: where a model really runs, and whose state tells why it does not."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

POD = Kind(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    subresources=(("log", ("get",)),),
    watched=True,
    owner=BY_LABEL,
)
