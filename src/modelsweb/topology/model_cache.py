"""What a model cache says of its nodes and of those who use it."""

from dataclasses import dataclass
from enum import StrEnum

from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj

_USERS = {"inferenceServices": INFERENCE_SERVICE, "llmInferenceServices": LLM_INFERENCE_SERVICE}


class NodeState(StrEnum):
    """What KServe reports of a node (``NodeStatus`` in ``local_model_cache_types.go``)."""

    NOT_READY = "NodeNotReady"
    PENDING = "NodeDownloadPending"
    DOWNLOADING = "NodeDownloading"
    DOWNLOADED = "NodeDownloaded"
    ERROR = "NodeDownloadError"
    OTHER = ""
    """A word that we do not know."""

    @classmethod
    def _missing_(cls, value: object) -> "NodeState":
        return cls.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheUser:
    """A service that reads the model from the cache, as KServe counts them."""

    kind: Kind
    namespace: str
    name: str


def nodes_of(cache: Obj) -> tuple[tuple[str, NodeState], ...]:
    """The nodes that are to hold it with how each is, by name."""
    nodes = cache.mapping("status", "nodeStatus")
    return tuple(sorted((str(name), NodeState(str(state))) for name, state in nodes.items()))


def users_of(cache: Obj) -> tuple[CacheUser, ...]:
    """Who uses it, of both kinds of services."""
    return tuple(
        CacheUser(
            kind=kind,
            namespace=str(one.get("namespace") or cache.namespace),
            name=str(one.get("name") or ""),
        )
        for field, kind in _USERS.items()
        for one in cache.items("status", field)
    )
