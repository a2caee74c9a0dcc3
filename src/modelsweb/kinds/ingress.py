"""Ingress: the way into the cluster, in Standard mode."""

from modelsweb.objects.kind import Kind, Link

INGRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    kind="Ingress",
    plural="ingresses",
    watched=True,
    link=Link.OWNER,
)
