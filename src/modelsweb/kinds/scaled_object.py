"""ScaledObject: how many replicas a component has where KEDA decides it."""

from modelsweb.objects.kind import Kind, Link

SCALED_OBJECT = Kind(
    group="keda.sh",
    version="v1alpha1",
    kind="ScaledObject",
    plural="scaledobjects",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
