"""LocalModelNamespaceCache: a model that is kept on nodes, for one namespace."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

LOCAL_MODEL_NAMESPACE_CACHE = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="LocalModelNamespaceCache",
    plural="localmodelnamespacecaches",
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("Namespace model caches"),
    creatable=True,
)
