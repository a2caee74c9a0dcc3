"""Knative Service: a component in Knative mode."""

from modelsweb.kinds.links import BY_SERVICE_LABEL
from modelsweb.objects.kind import Kind

KNATIVE_SERVICE = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Service",
    plural="services",
    watched=True,
    owner=BY_SERVICE_LABEL,
)
