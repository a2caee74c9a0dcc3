"""ReplicaSet: the pods of one version of a Deployment."""

from modelsweb.kinds.links import BY_LABEL
from modelsweb.objects.kind import Kind

REPLICA_SET = Kind(
    group="apps",
    version="v1",
    kind="ReplicaSet",
    plural="replicasets",
    watched=True,
    owner=BY_LABEL,
)
