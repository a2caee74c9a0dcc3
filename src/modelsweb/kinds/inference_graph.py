"""InferenceGraph: several services behind one address."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

INFERENCE_GRAPH = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="InferenceGraph",
    plural="inferencegraphs",
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("Inference graphs"),
    creatable=True,
)
