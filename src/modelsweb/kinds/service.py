"""Service: the address of a component inside the cluster."""

from modelsweb.objects.kind import Kind, Link

SERVICE = Kind(
    group="",
    version="v1",
    kind="Service",
    plural="services",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
