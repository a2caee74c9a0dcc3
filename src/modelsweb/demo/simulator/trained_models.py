"""The controller of TrainedModels, as the recordings show it: which server is to hold a model, and whether it has room."""

from collections.abc import Iterable
from typing import Any

from modelsweb.demo.simulator import kinds
from modelsweb.demo.simulator.conditions import Conditions
from modelsweb.demo.simulator.machinery import Controller, Key, Object, is_ready
from modelsweb.objects.kind import Kind
from modelsweb.objects.quantity import quantity

_FINALIZER = "trainedmodel.finalizer"
_ALLOCATED = "serving.kserve.io/trainedmodel-allocated"


class TrainedModelController(Controller):
    """Reconciles TrainedModels: holds them against the service that is to hold them."""

    watches = (kinds.TRAINED_MODEL, kinds.INFERENCE_SERVICE)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """A model's own changes, and those of its service."""
        metadata = obj["metadata"]
        if kind is kinds.TRAINED_MODEL:
            yield metadata["namespace"], metadata["name"]
            return
        for model in self.cluster.all(kinds.TRAINED_MODEL, metadata["namespace"]):
            if model["spec"].get("inferenceService") == metadata["name"]:
                yield model["metadata"]["namespace"], model["metadata"]["name"]

    async def reconcile(self, key: Key) -> float | None:
        """One model."""
        model = self.cluster.get(kinds.TRAINED_MODEL, *key)
        if model is None:
            return None
        metadata = model["metadata"]
        finalizers = metadata.get("finalizers") or []
        parent = self.cluster.get(kinds.INFERENCE_SERVICE, key[0], str(model["spec"].get("inferenceService")))
        if "deletionTimestamp" in metadata:
            if _FINALIZER in finalizers and (parent is None or _takes_models(parent)):
                kept = [name for name in finalizers if name != _FINALIZER] or None
                await self.cluster.patch(
                    kinds.TRAINED_MODEL, model, change={"metadata": {"finalizers": kept}}
                )
        elif parent is None:
            await self.cluster.delete(kinds.TRAINED_MODEL, model)
        elif _FINALIZER not in finalizers:
            labels = {**(metadata.get("labels") or {}), "inferenceservice": parent["metadata"]["name"]}
            change = {"metadata": {"finalizers": [*finalizers, _FINALIZER], "labels": labels}}
            await self.cluster.patch(kinds.TRAINED_MODEL, model, change=change)
        elif not _is_held(model) and _takes_models(parent) and self._has_room(model, parent):
            change = {"metadata": {"labels": {_ALLOCATED: parent["metadata"]["name"]}}}
            await self.cluster.patch(kinds.TRAINED_MODEL, model, change=change)
        else:
            await self._report(model, parent)
        return None

    def _has_room(self, model: Object, parent: Object) -> bool:
        """The memory of those that the server holds already, and of this one, is within its limit."""
        held = [
            one
            for one in self.cluster.all(kinds.TRAINED_MODEL, model["metadata"]["namespace"])
            if _is_held(one) and one["spec"].get("inferenceService") == parent["metadata"]["name"]
        ]
        resources = (parent["spec"]["predictor"].get("model") or {}).get("resources") or {}
        limit = quantity((resources.get("limits") or {}).get("memory")) or 0.0
        return sum(map(_memory, (*held, model))) <= limit

    async def _report(self, model: Object, parent: Object) -> None:
        dependents = ("InferenceServiceReady", "IsMMSPredictor", "MemoryResourceAvailable")
        before = (model.get("status") or {}).get("conditions") or ()
        conditions = Conditions(before, self.cluster.now(), top="Ready", dependents=dependents)
        takes, is_up = _takes_models(parent), is_ready(parent)
        conditions.set(
            "IsMMSPredictor",
            str(takes),
            **(
                {}
                if takes
                else {
                    "reason": "IsNotMMSPredictor",
                    "message": "Inference Service predictor is not configured for multi-model serving",
                }
            ),
        )
        late = {
            "reason": "InferenceServiceNotReady",
            "message": "Inference Service needs to be ready before Trained Model can be ready",
        }
        conditions.set("InferenceServiceReady", str(is_up), **({} if is_up else late))
        lacks = {
            "reason": "MemoryResourceNotAvailable",
            "message": "Inference Service does not have enough memory resources for Trained Model",
        }
        fits = _is_held(model)
        conditions.set("MemoryResourceAvailable", str(fits), **({} if fits else lacks))
        status: dict[str, Any] = {"conditions": conditions.render()}
        if takes and is_up and fits:
            name, namespace = model["metadata"]["name"], model["metadata"]["namespace"]
            service = parent["metadata"]["name"]
            status["url"] = f"http://{service}-{namespace}.example.com/v1/models/{name}:predict"
            inside = f"http://{service}-predictor.{namespace}.svc.cluster.local/v1/models/{name}:predict"
            status["address"] = {"url": inside}
        await self.cluster.write_status(kinds.TRAINED_MODEL, model, status=status)


def _is_held(model: Object) -> bool:
    """Its server has room for it."""
    return _ALLOCATED in (model["metadata"].get("labels") or {})


def _memory(model: Object) -> float:
    return quantity((model["spec"].get("model") or {}).get("memory")) or 0.0


def _takes_models(parent: Object) -> bool:
    """It has a runtime and no model of its own."""
    model = (parent["spec"].get("predictor") or {}).get("model") or {}
    return bool(model) and not model.get("storageUri") and not model.get("storage")


CONTROLLERS = (TrainedModelController,)
