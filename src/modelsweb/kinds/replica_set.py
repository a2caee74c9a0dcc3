"""ReplicaSet: the pods of one version of a Deployment."""

from modelsweb.objects.kind import Kind, Link

REPLICA_SET = Kind(
    group="apps",
    version="v1",
    kind="ReplicaSet",
    plural="replicasets",
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
