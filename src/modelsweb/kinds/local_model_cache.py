"""LocalModelCache: a model that is kept on nodes, for the whole cluster."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

LOCAL_MODEL_CACHE = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="LocalModelCache",
    plural="localmodelcaches",
    namespaced=False,
    verbs=("get", "list", "watch"),
    watched=True,
    is_root=True,
    title=text("Local model caches"),
)
