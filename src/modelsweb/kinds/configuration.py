"""Configuration: what the next Revision of a component will be, in Knative mode."""

from modelsweb.kinds.links import BY_SERVICE_LABEL
from modelsweb.objects.kind import Kind

CONFIGURATION = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Configuration",
    plural="configurations",
    watched=True,
    owner=BY_SERVICE_LABEL,
)
