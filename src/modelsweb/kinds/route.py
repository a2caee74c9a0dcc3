"""Route: how requests are split between Revisions, in Knative mode."""

from modelsweb.kinds.links import BY_SERVICE_LABEL
from modelsweb.objects.kind import Kind

ROUTE = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Route",
    plural="routes",
    watched=True,
    owner=BY_SERVICE_LABEL,
)
