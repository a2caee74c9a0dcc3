"""ServiceAccount: who a service is when it asks for its model; it names the Secrets that open the storage."""

from modelsweb.objects.kind import Kind

SERVICE_ACCOUNT = Kind(
    group="",
    version="v1",
    kind="ServiceAccount",
    plural="serviceaccounts",
    verbs=("get", "list", "create", "patch"),
    creatable=True,
)
