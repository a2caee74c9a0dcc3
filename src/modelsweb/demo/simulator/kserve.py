"""The KServe controller: an InferenceService's children and its status, in Standard and in Knative mode."""

from collections.abc import Iterable
from typing import Any

from modelsweb.demo.simulator import components, kinds, model_status, runtimes
from modelsweb.demo.simulator.components import Component
from modelsweb.demo.simulator.conditions import Conditions
from modelsweb.demo.simulator.machinery import (
    Cluster,
    Controller,
    Key,
    Object,
    conditions_of,
    is_ready,
    key_of_owner,
)
from modelsweb.objects.kind import Kind

_FINALIZER = "inferenceservice.finalizers"
_COMPONENT = "v1beta1Controllers"
_MODE = "serving.kserve.io/deploymentMode"
_STOP = "serving.kserve.io/stop"
_MODES = {"RawDeployment": "Standard", "Serverless": "Knative"}
_CHILDREN = (kinds.DEPLOYMENT, kinds.KNATIVE_SERVICE, kinds.INGRESS, kinds.VIRTUAL_SERVICE)


class KserveController(Controller):
    """Reconciles InferenceServices. ``default_mode`` is for those without the annotation."""

    watches = (
        kinds.INFERENCE_SERVICE,
        kinds.SERVING_RUNTIME,
        kinds.CLUSTER_SERVING_RUNTIME,
        *_CHILDREN,
        kinds.SERVICE,
        kinds.AUTOSCALER,
        kinds.REVISION,
        kinds.POD,
    )

    def __init__(self, cluster: Cluster, *, default_mode: str = "Knative") -> None:
        super().__init__(cluster)
        self._default_mode = default_mode

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """A service's own changes, its children's, and what its init containers do; main containers go unnoticed."""
        metadata = obj["metadata"]
        if kind is kinds.INFERENCE_SERVICE:
            yield metadata["namespace"], metadata["name"]
        elif kind in _CHILDREN:
            yield from key_of_owner(obj, kinds.INFERENCE_SERVICE)
        elif kind is kinds.POD:
            name = (metadata.get("labels") or {}).get(components.SERVICE_LABEL)
            if name and _init_states(obj) != _init_states(before):
                yield metadata["namespace"], name

    async def reconcile(self, key: Key) -> float | None:
        """One service."""
        service = self.cluster.get(kinds.INFERENCE_SERVICE, *key)
        if service is None:
            return None
        metadata = service["metadata"]
        if "deletionTimestamp" in metadata:
            await self._finalize(service)
        elif _FINALIZER not in (metadata.get("finalizers") or ()):
            change = {"metadata": {"finalizers": [*(metadata.get("finalizers") or ()), _FINALIZER]}}
            await self.cluster.patch(kinds.INFERENCE_SERVICE, service, change=change)
        elif self._is_stopped(service):
            await self._stop(service)
        else:
            return await self._serve(service)
        return None

    def mode(self, service: Object) -> str:
        """Standard or Knative."""
        given = (service["metadata"].get("annotations") or {}).get(_MODE, "")
        status = (service.get("status") or {}).get("deploymentMode")
        return str(status or _MODES.get(given, given) or self._default_mode)

    @staticmethod
    def _is_stopped(service: Object) -> bool:
        return str((service["metadata"].get("annotations") or {}).get(_STOP, "")).lower() == "true"

    async def _finalize(self, service: Object) -> None:
        finalizers = service["metadata"].get("finalizers") or []
        if _FINALIZER in finalizers:
            kept = [name for name in finalizers if name != _FINALIZER]
            await self.cluster.patch(
                kinds.INFERENCE_SERVICE, service, change={"metadata": {"finalizers": kept or None}}
            )

    async def _stop(self, service: Object) -> None:
        doomed = (kinds.SERVICE, kinds.DEPLOYMENT, kinds.AUTOSCALER, kinds.INGRESS, kinds.KNATIVE_SERVICE)
        for kind in (*doomed, kinds.VIRTUAL_SERVICE):
            for child in self.cluster.owned(kind, service):
                if "deletionTimestamp" not in child["metadata"]:
                    await self.cluster.delete(kind, child)
        status = dict(service.get("status") or {})
        conditions = Conditions(
            status.get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("PredictorReady", "IngressReady"),
        )
        for type_ in ("PredictorReady", "IngressReady"):
            conditions.set(type_, "False", reason="Stopped")
        conditions.set("Stopped", "True")
        written = {
            "components": {name: {} for name in ("predictor", "transformer") if name in service["spec"]},
            "conditions": conditions.render(),
            "deploymentMode": self.mode(service),
            "modelStatus": {"transitionStatus": ""},
        }
        await self._write(service, written)

    async def _serve(self, service: Object) -> float | None:
        mode = self.mode(service)
        try:
            runtime = runtimes.select(self.cluster, service)
        except runtimes.UnsupportedError as error:
            await self._refuse(service, mode, error=error)
            return None
        parts = components.components(service, runtime)
        if mode == "Standard":
            for part in parts:
                core, deployment, autoscaler = components.standard_objects(part)
                await self.cluster.ensure(kinds.SERVICE, core)
                await self.cluster.ensure(kinds.DEPLOYMENT, deployment)
                await self.cluster.ensure(kinds.AUTOSCALER, autoscaler)
        else:
            for part in parts:
                await self.cluster.ensure(
                    kinds.KNATIVE_SERVICE, components.knative_service(part, _rolled_out(part))
                )
            await self.cluster.ensure(kinds.SERVICE, components.external_name(service))
        await self._report(service, mode, parts=parts, runtime=runtime)
        return None

    async def _refuse(self, service: Object, mode: str, *, error: runtimes.UnsupportedError) -> None:
        before = service.get("status") or {}
        conditions = Conditions(
            before.get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("PredictorReady", "IngressReady"),
        )
        status = {
            "conditions": conditions.render(),
            "deploymentMode": mode,
            "modelStatus": {
                "lastFailureInfo": {"message": error.message, "reason": error.reason},
                "states": {"activeModelState": "", "targetModelState": "FailedToLoad"},
                "transitionStatus": "InvalidSpec",
            },
        }
        if before.get("modelStatus") != status["modelStatus"]:
            await self.cluster.event(
                service, "Warning", reason="InternalError", message=str(error), component=_COMPONENT
            )
        await self._write(service, status)

    async def _report(
        self, service: Object, mode: str, *, parts: list[Component], runtime: runtimes.Runtime | None
    ) -> None:
        before = service.get("status") or {}
        conditions = Conditions(
            before.get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("PredictorReady", "IngressReady"),
        )
        status: dict[str, Any] = {
            "components": {
                part.name: dict((before.get("components") or {}).get(part.name) or {}) for part in parts
            },
            "deploymentMode": mode,
        }
        for key in ("address", "url", "observedGeneration"):
            if key in before:
                status[key] = before[key]
        if runtime is not None:
            status["clusterServingRuntimeName" if runtime.is_cluster_wide else "servingRuntimeName"] = (
                runtime.name
            )
        if mode == "Standard":
            await self._report_standard(service, parts, conditions=conditions, status=status)
        else:
            await self._report_knative(service, parts, conditions=conditions, status=status)
        conditions.set("Stopped", "False")
        was_ready = is_ready(service)
        if runtime is not None or "model" in service["spec"]["predictor"]:
            status["modelStatus"] = model_status.compute(
                before=before.get("modelStatus") or {},
                pods=self._predictor_pods(service, status),
                is_ready=was_ready and _is_settled(status),
                has_failed_child=conditions.status("PredictorConfigurationReady") == "False",
            )
        status["conditions"] = conditions.render()
        await self._write(service, status)

    def _predictor_pods(self, service: Object, status: dict[str, Any]) -> list[Object]:
        wanted = {components.SERVICE_LABEL: service["metadata"]["name"], "component": "predictor"}
        if revision := status["components"]["predictor"].get("latestCreatedRevision"):
            wanted["serving.knative.dev/revision"] = revision
        return [
            pod
            for pod in self.cluster.all(kinds.POD, service["metadata"]["namespace"])
            if wanted.items() <= (pod["metadata"].get("labels") or {}).items()
        ]

    async def _report_standard(
        self, service: Object, parts: list[Component], *, conditions: Conditions, status: dict[str, Any]
    ) -> None:
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        for part in parts:
            deployment = self.cluster.get(kinds.DEPLOYMENT, namespace, name=part.object_name)
            conditions.set(f"{part.condition}Ready", *_deployment_verdict(deployment))
            observed = ((deployment or {}).get("status") or {}).get("observedGeneration")
            if observed and part.name == "predictor":
                status["observedGeneration"] = observed
            if conditions.status(f"{part.condition}Ready") == "True":
                url = f"http://{part.object_name}-{namespace}.{components.DOMAIN}"
                status["components"][part.name] = {"url": url}
        waiting = next(
            (part for part in parts if conditions.status(f"{part.condition}Ready") != "True"), None
        )
        if waiting is not None:
            conditions.set("IngressReady", "False", reason=f"{waiting.condition} ingress not created")
            return
        await self.cluster.ensure(kinds.INGRESS, components.ingress(service, parts))
        conditions.set("IngressReady", "True")
        status["url"] = f"http://{name}-{namespace}.{components.DOMAIN}"
        status["address"] = {"url": f"http://{parts[-1].object_name}.{namespace}.svc.cluster.local"}

    async def _report_knative(
        self, service: Object, parts: list[Component], *, conditions: Conditions, status: dict[str, Any]
    ) -> None:
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        for part in parts:
            child = self.cluster.get(kinds.KNATIVE_SERVICE, namespace, name=part.object_name)
            _copy_knative(part, child, conditions=conditions, component=status["components"][part.name])
            observed = ((child or {}).get("status") or {}).get("observedGeneration")
            if observed and part.name == "predictor":
                status["observedGeneration"] = observed
        for type_, source in (("RoutesReady", "RouteReady"), ("LatestDeploymentReady", "ConfigurationReady")):
            _summarize(conditions, type_, sources=[f"{part.condition}{source}" for part in parts])
        waiting = next(
            (part for part in parts if conditions.status(f"{part.condition}Ready") != "True"), None
        )
        # Once published, the ingress stays: a failing update does not take the service off the air.
        if waiting is not None and "url" not in status:
            state = conditions.status(f"{waiting.condition}Ready")
            conditions.set("IngressReady", state, reason=f"{waiting.condition} ingress not created")
            return
        await self.cluster.ensure(kinds.VIRTUAL_SERVICE, components.virtual_service(service, parts))
        conditions.set("IngressReady", "True")
        status["url"] = f"http://{name}.{namespace}.{components.DOMAIN}"
        status["address"] = {"url": f"http://{name}.{namespace}.svc.cluster.local"}

    async def _write(self, service: Object, status: dict[str, Any]) -> None:
        old = conditions_of(service)
        before = service.get("status") or {}
        if not await self.cluster.write_status(kinds.INFERENCE_SERVICE, service, status=status):
            return
        name = service["metadata"]["name"]
        was, now = old.get("Ready", {}).get("status"), conditions_of({"status": status})
        if now["Ready"]["status"] == "True" and was != "True":
            await self.cluster.say_ready(service, component=_COMPONENT)
        elif was == "True" and now["Ready"]["status"] != "True" and before:
            falses = ", ".join(type_ for type_, condition in now.items() if condition["status"] == "False")
            message = f"InferenceService [{name}] is no longer Ready because of: {falses}"
            await self.cluster.event(
                service, "Warning", reason="InferenceServiceNotReady", message=message, component=_COMPONENT
            )


def _deployment_verdict(deployment: Object | None) -> tuple[str, str, str]:
    """PredictorReady from the conditions of its Deployment; later rules win, as in KServe."""
    found = conditions_of(deployment)
    available, progressing, failure = (
        found.get(name) for name in ("Available", "Progressing", "ReplicaFailure")
    )
    verdict = ("False", "", "")
    if available and available["status"] == "True":
        verdict = _as("True", available)
    if progressing and progressing["status"] == "False":
        verdict = _as("False", progressing)
    elif progressing and progressing["reason"] == "NewReplicaSetAvailable":
        verdict = _as("True", progressing)
    elif progressing and verdict[0] != "True":
        verdict = _as("Unknown", progressing)
    if available and available["status"] == "False":
        verdict = _as("False", available)
    if failure and failure["status"] == "True":
        verdict = _as("False", failure)
    return verdict


def _as(status: str, condition: dict[str, Any]) -> tuple[str, str, str]:
    return status, condition.get("reason", ""), condition.get("message", "")


def _copy_knative(
    part: Component, child: Object | None, *, conditions: Conditions, component: dict[str, Any]
) -> None:
    theirs = conditions_of(child)
    pairs = (("Ready", "Ready"), ("RoutesReady", "RouteReady"), ("ConfigurationsReady", "ConfigurationReady"))
    for source, target in pairs:
        condition = theirs.get(source)
        if condition is None:
            if target == "Ready":
                conditions.set(f"{part.condition}Ready", "Unknown")
            continue
        values = condition["status"], condition.get("reason", ""), condition.get("message", "")
        conditions.set(f"{part.condition}{target}", *values)
    status = (child or {}).get("status") or {}
    for source, target in (
        ("latestCreatedRevisionName", "latestCreatedRevision"),
        ("latestReadyRevisionName", "latestReadyRevision"),
    ):
        if status.get(source):
            component[target] = status[source]
    if status.get("traffic"):
        component["traffic"] = status["traffic"]
        latest: dict[str, Any] = next(
            (target for target in status["traffic"] if target.get("latestRevision")), {}
        )
        if latest.get("percent") == 100 and latest.get("revisionName") != component.get(
            "latestRolledoutRevision"
        ):
            if component.get("latestRolledoutRevision"):
                component["previousRolledoutRevision"] = component["latestRolledoutRevision"]
            component["latestRolledoutRevision"] = latest["revisionName"]
    if theirs.get("Ready", {}).get("status") == "True":
        component["url"] = status["url"]
        component["address"] = status["address"]


def _summarize(conditions: Conditions, type_: str, *, sources: list[str]) -> None:
    for source in sources:
        state = conditions.status(source)
        if state != "True":
            conditions.set(type_, state, reason=f"{source} not ready")
            return
    conditions.set(type_, "True")


def _rolled_out(part: Component) -> str:
    status = (part.service.get("status") or {}).get("components") or {}
    return str((status.get(part.name) or {}).get("latestRolledoutRevision") or "")


def _is_settled(status: dict[str, Any]) -> bool:
    predictor = status["components"]["predictor"]
    return bool(predictor.get("latestCreatedRevision") == predictor.get("latestReadyRevision"))


def _init_states(pod: Object | None) -> list[Any]:
    status = (pod or {}).get("status") or {}
    return [container.get("state") for container in status.get("initContainerStatuses") or ()]
