"""Knative Service: a component in Knative mode."""

from modelsweb.objects.kind import Kind, Link

KNATIVE_SERVICE = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Service",
    plural="services",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
