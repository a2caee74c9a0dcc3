"""ClusterStorageContainer: what downloads models from which addresses."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

CLUSTER_STORAGE_CONTAINER = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ClusterStorageContainer",
    plural="clusterstoragecontainers",
    namespaced=False,
    verbs=("get", "list", "watch"),
    watched=True,
    is_root=True,
    title=text("Storage containers"),
)
