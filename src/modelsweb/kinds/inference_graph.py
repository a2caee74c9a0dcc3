"""InferenceGraph: several services behind one address."""

from modelsweb.objects.kind import Kind

INFERENCE_GRAPH = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="InferenceGraph",
    plural="inferencegraphs",
    verbs=("create",),
    is_root=True,
    creatable=True,
)
