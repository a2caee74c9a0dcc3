"""ServingRuntime: how a model format is served, for one namespace."""

from modelsweb.objects.kind import Kind

SERVING_RUNTIME = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ServingRuntime",
    plural="servingruntimes",
    verbs=("list", "watch", "create"),
    watched=True,
    shared=True,
    creatable=True,
)
