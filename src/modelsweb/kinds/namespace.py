"""Namespace: where models live, and the unit of rights."""

from modelsweb.objects.kind import Kind

NAMESPACE = Kind(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    namespaced=False,
    watched=True,
)
