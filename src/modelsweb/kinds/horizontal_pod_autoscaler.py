"""HorizontalPodAutoscaler: how many replicas a component has in Standard mode."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

HORIZONTAL_POD_AUTOSCALER = Kind(
    group="autoscaling",
    version="v2",
    kind="HorizontalPodAutoscaler",
    plural="horizontalpodautoscalers",
    watched=True,
    owner=BY_LABEL,
)
