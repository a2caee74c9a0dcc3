"""ResourceQuota: how much a namespace may use, and how much of it is used."""

from modelsweb.objects.kind import Kind

RESOURCE_QUOTA = Kind(group="", version="v1", kind="ResourceQuota", plural="resourcequotas", verbs=("list",))
