"""PersistentVolumeClaim: a volume that holds models."""

from modelsweb.objects.kind import Kind

PERSISTENT_VOLUME_CLAIM = Kind(
    group="",
    version="v1",
    kind="PersistentVolumeClaim",
    plural="persistentvolumeclaims",
    verbs=("get", "list", "create"),
    creatable=True,
)
