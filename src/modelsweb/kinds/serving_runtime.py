"""ServingRuntime: how a model format is served, for one namespace."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

SERVING_RUNTIME = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ServingRuntime",
    plural="servingruntimes",
    verbs=("list", "watch", "create"),
    watched=True,
    is_root=True,
    title=text("Serving runtimes"),
    shared=True,
    creatable=True,
)
