"""ConfigMap: settings that go along with a service."""

from modelsweb.objects.kind import Kind

CONFIG_MAP = Kind(
    group="", version="v1", kind="ConfigMap", plural="configmaps", verbs=("get", "create"), creatable=True
)
