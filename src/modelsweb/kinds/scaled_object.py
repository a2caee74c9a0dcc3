"""ScaledObject: how many replicas a component has where KEDA decides it."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

SCALED_OBJECT = Kind(
    group="keda.sh",
    version="v1alpha1",
    kind="ScaledObject",
    plural="scaledobjects",
    watched=True,
    owner=BY_LABEL,
)
