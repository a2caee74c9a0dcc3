"""Ingress: the way into the cluster, in Standard mode."""

from modelsweb.kinds.links import BY_REFERENCE
from modelsweb.objects.kind import Kind

INGRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    kind="Ingress",
    plural="ingresses",
    watched=True,
    owner=BY_REFERENCE,
)
