"""Route: how requests are split between Revisions, in Knative mode."""

from modelsweb.objects.kind import Kind, Link

ROUTE = Kind(
    group="serving.knative.dev",
    version="v1",
    kind="Route",
    plural="routes",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
