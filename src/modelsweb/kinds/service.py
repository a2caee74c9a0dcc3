"""Service: the address of a component inside the cluster."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

SERVICE = Kind(
    group="",
    version="v1",
    kind="Service",
    plural="services",
    watched=True,
    owner=BY_LABEL,
)
