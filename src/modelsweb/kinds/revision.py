"""Revision: one version of a component in Knative mode."""

from modelsweb.objects.kind import Kind, Link

REVISION = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Revision",
    plural="revisions",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
