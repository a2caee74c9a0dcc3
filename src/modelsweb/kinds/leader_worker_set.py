"""LeaderWorkerSet: the groups of pods of an LLM service that runs on several nodes."""

from modelsweb.kinds.links import BY_REFERENCE
from modelsweb.objects.kind import Kind

LEADER_WORKER_SET = Kind(
    group="leaderworkerset.x-k8s.io",
    version="v1",
    kind="LeaderWorkerSet",
    plural="leaderworkersets",
    watched=True,
    owner=BY_REFERENCE,
)
