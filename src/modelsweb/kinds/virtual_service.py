"""VirtualService: the way into the cluster in Knative mode with Istio."""

from modelsweb.kinds.links import BY_REFERENCE
from modelsweb.objects.kind import Kind

VIRTUAL_SERVICE = Kind(
    group="networking.istio.io",
    version="v1beta1",
    kind="VirtualService",
    plural="virtualservices",
    watched=True,
    owner=BY_REFERENCE,
)
