"""Revision: one version of a component in Knative mode."""

from modelsweb.kinds.links import BY_SERVICE_OR_GRAPH_LABEL
from modelsweb.objects.kind import Kind

REVISION = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Revision",
    plural="revisions",
    watched=True,
    owner=BY_SERVICE_OR_GRAPH_LABEL,
)
