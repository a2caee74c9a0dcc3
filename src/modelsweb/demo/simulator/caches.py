"""The controller of model caches: each node of the cluster downloads the model, and services that use it are counted."""

from collections.abc import Iterable
from typing import Any

from modelsweb.demo.simulator import faults, kinds
from modelsweb.demo.simulator.machinery import Controller, Key, Object
from modelsweb.objects.kind import Kind

_STEPS = ("NodeDownloadPending", "NodeDownloading", "NodeDownloaded")
_SECONDS = 4.0
_CACHES = (kinds.LOCAL_MODEL_CACHE, kinds.LOCAL_MODEL_NAMESPACE_CACHE)


class ModelCacheController(Controller):
    """Reconciles caches of the cluster and of namespaces: one step of a node's download at a time."""

    watches = (*_CACHES, kinds.NODE, kinds.INFERENCE_SERVICE)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """A cache's own changes but for its status, which would hurry the downloads; all caches when a node or a service changes."""
        if kind in _CACHES:
            if before is None or before.get("status") == obj.get("status"):
                yield obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
            return
        if before is not None and before.get("spec") == obj.get("spec"):
            return
        for one in _CACHES:
            for cache in self.cluster.all(one):
                yield cache["metadata"].get("namespace", ""), cache["metadata"]["name"]

    async def reconcile(self, key: Key) -> float | None:
        """One cache; again while a node downloads."""
        kind = kinds.LOCAL_MODEL_NAMESPACE_CACHE if key[0] else kinds.LOCAL_MODEL_CACHE
        cache = self.cluster.get(kind, *key)
        if cache is None:
            return None
        uri = str(cache["spec"].get("sourceModelUri", ""))
        _, is_there = faults.download_log(uri)
        known = (cache.get("status") or {}).get("nodeStatus") or {}
        nodes = {
            name: _next(known.get(name, ""), is_there=is_there)
            for name in sorted(str(node["metadata"]["name"]) for node in self.cluster.all(kinds.NODE))
        }
        status: dict[str, Any] = {
            "nodeStatus": nodes,
            "copies": {
                "available": sum(state == _STEPS[-1] for state in nodes.values()),
                "total": len(nodes),
                "failed": sum(state == "NodeDownloadError" for state in nodes.values()),
            },
            "inferenceServices": [
                {"namespace": one["metadata"]["namespace"], "name": one["metadata"]["name"]}
                for one in self.cluster.all(kinds.INFERENCE_SERVICE, key[0] or None)
                if _uri(one).startswith(uri)
            ],
        }
        await self.cluster.write_status(kind, cache, status=status)
        return _SECONDS if any(state in _STEPS[:-1] for state in nodes.values()) else None


def _next(state: str, *, is_there: bool) -> str:
    if state not in _STEPS:
        return state or _STEPS[0]
    if state == _STEPS[1] and not is_there:
        return "NodeDownloadError"
    return _STEPS[min(_STEPS.index(state) + 1, len(_STEPS) - 1)]


def _uri(service: Object) -> str:
    model = (service["spec"].get("predictor") or {}).get("model") or {}
    return str(model.get("storageUri") or "")


CONTROLLERS = (ModelCacheController,)
