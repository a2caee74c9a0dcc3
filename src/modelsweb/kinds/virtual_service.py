"""VirtualService: the way into the cluster in Knative mode with Istio."""

from modelsweb.objects.kind import Kind, Link

VIRTUAL_SERVICE = Kind(
    group="networking.istio.io",
    version="v1beta1",
    kind="VirtualService",
    plural="virtualservices",
    watched=True,
    link=Link.OWNER,
)
