"""StorageClass: how the cluster makes volumes."""

from modelsweb.objects.kind import Kind

STORAGE_CLASS = Kind(
    group="storage.k8s.io",
    version="v1",
    kind="StorageClass",
    plural="storageclasses",
    namespaced=False,
    verbs=("list",),
)
