"""Configuration: what the next Revision of a component will be, in Knative mode."""

from modelsweb.objects.kind import Kind, Link

CONFIGURATION = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Configuration",
    plural="configurations",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
