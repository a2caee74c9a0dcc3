"""HTTPRoute: the way into the cluster where the Gateway API is used."""

from modelsweb.kinds.links import BY_REFERENCE
from modelsweb.objects.kind import Kind

HTTP_ROUTE = Kind(
    group="gateway.networking.k8s.io",
    version="v1",
    kind="HTTPRoute",
    plural="httproutes",
    watched=True,
    owner=BY_REFERENCE,
)
