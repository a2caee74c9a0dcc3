"""ServingRuntime: how a model format is served, for one namespace."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

SERVING_RUNTIME = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ServingRuntime",
    plural="servingruntimes",
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("Serving runtimes"),
    shared=True,
    creatable=True,
)
