"""Deployment: the replicas of a component, in Standard mode ours to read, in Knative mode below a Revision."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    kind="Deployment",
    plural="deployments",
    watched=True,
    owner=BY_LABEL,
)
