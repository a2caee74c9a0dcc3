"""LocalModelNodeGroup: the nodes that keep models, and how much of their storage."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

LOCAL_MODEL_NODE_GROUP = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="LocalModelNodeGroup",
    plural="localmodelnodegroups",
    namespaced=False,
    verbs=("get", "list", "watch"),
    watched=True,
    is_root=True,
    title=text("Model cache node groups"),
)
