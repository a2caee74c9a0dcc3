"""HorizontalPodAutoscaler: how many replicas a component has in Standard mode."""

from modelsweb.objects.kind import Kind, Link

HORIZONTAL_POD_AUTOSCALER = Kind(
    group="autoscaling",
    version="v2",
    kind="HorizontalPodAutoscaler",
    plural="horizontalpodautoscalers",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
