"""Deployment: the replicas of a component, in Standard mode ours to read, in Knative mode below a Revision."""

from modelsweb.objects.kind import Kind, Link

DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    kind="Deployment",
    plural="deployments",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
