"""The Knative Serving controllers: Service, Configuration, Route and Revision.

No activator and no queue-proxy run, so nothing scales with load. A revision whose ``min-scale`` is 0 goes to zero a
while after it got ready, as an idle one does in life.
"""

from collections.abc import Iterable
from typing import Any

from modelsweb.demo.simulator import kinds, revision_objects
from modelsweb.demo.simulator.components import DOMAIN, LOCAL_GATEWAY
from modelsweb.demo.simulator.conditions import Conditions
from modelsweb.demo.simulator.machinery import (
    Cluster,
    Controller,
    Key,
    Object,
    conditions_of,
    contains,
    is_ready,
    key_of_owner,
    owner_reference,
)
from modelsweb.objects.kind import Kind

_IDLE_SECONDS = 60.0
_INGRESS_SECONDS = 1.0
_OUT_OF_DATE = "The {} is still working to reflect the latest desired specification."
_TOO_LATE = "Initial scale was never achieved"
_NO_TRAFFIC = ("False", "NoTraffic", "The target is not receiving traffic.")
_BUFFERING = ("Unknown", "Queued", "Requests to the target are being buffered as resources are provisioned.")


class _Child(Controller):
    """Looks at an object when it changes, and when something that it controls does."""

    kind: Kind
    children: tuple[Kind, ...] = ()

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Own changes and those of the children."""
        metadata = obj["metadata"]
        if kind is self.kind:
            yield metadata["namespace"], metadata["name"]
        if kind in self.children:
            yield from key_of_owner(obj, self.kind)

    async def reconcile(self, key: Key) -> float | None:
        """Skips what is gone or going."""
        obj = self.cluster.get(self.kind, *key)
        if obj is None or "deletionTimestamp" in obj["metadata"]:
            return None
        return await self.work(obj)

    async def work(self, obj: Object) -> float | None:
        """One living object."""
        raise NotImplementedError


class ServiceController(_Child):
    """A Knative Service is a Configuration and a Route, and their conditions together."""

    kind = kinds.KNATIVE_SERVICE
    children = (kinds.CONFIGURATION, kinds.ROUTE)
    watches = (kind, *children)

    async def work(self, obj: Object) -> float | None:
        """Makes both and copies their status."""
        metadata = obj["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        if self.cluster.get(kinds.CONFIGURATION, namespace, name=name) is None:
            await self._say(obj, f'Created Configuration "{name}"')
        await self.cluster.ensure(kinds.CONFIGURATION, _configuration(obj))
        if self.cluster.get(kinds.ROUTE, namespace, name=name) is None:
            await self._say(obj, f'Created Route "{name}"')
        await self.cluster.ensure(kinds.ROUTE, _route(obj))
        configuration = self.cluster.get(kinds.CONFIGURATION, namespace, name=name) or {}
        route = self.cluster.get(kinds.ROUTE, namespace, name=name) or {}
        await self.cluster.write_status(self.kind, obj, status=self._status(obj, configuration, route=route))
        return None

    async def _say(self, obj: Object, message: str) -> None:
        await self.cluster.event(
            obj, "Normal", reason="Created", message=message, component="service-controller"
        )

    def _status(self, obj: Object, configuration: Object, *, route: Object) -> dict[str, Any]:
        before = obj.get("status") or {}
        conditions = Conditions(
            before.get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("ConfigurationsReady", "RoutesReady"),
        )
        status: dict[str, Any] = {"observedGeneration": obj["metadata"]["generation"]}
        for child, type_, label in (
            (configuration, "ConfigurationsReady", "Configuration"),
            (route, "RoutesReady", "Route"),
        ):
            found = conditions_of(child).get("Ready")
            if found is None or not _is_observed(child):
                conditions.set(type_, "Unknown", reason="OutOfDate", message=_OUT_OF_DATE.format(label))
            else:
                conditions.set(
                    type_, found["status"], reason=found.get("reason", ""), message=found.get("message", "")
                )
        for key in ("latestCreatedRevisionName", "latestReadyRevisionName"):
            if value := (configuration.get("status") or {}).get(key):
                status[key] = value
        for key in ("url", "address", "traffic"):
            if value := (route.get("status") or {}).get(key):
                status[key] = value
        return status | {"conditions": conditions.render()}


class ConfigurationController(_Child):
    """A Configuration makes a Revision for each change of its template."""

    kind = kinds.CONFIGURATION
    children = (kinds.REVISION,)
    watches = (kind, *children)

    async def work(self, obj: Object) -> float | None:
        """Makes the newest revision and reports on it."""
        name, generation = obj["metadata"]["name"], obj["metadata"]["generation"]
        before = obj.get("status") or {}
        revisions = self.cluster.owned(kinds.REVISION, obj)
        newest = max(revisions, key=lambda revision: str(revision["metadata"]["name"]), default=None)
        if (
            newest is None
            or not contains(newest["spec"], obj["spec"]["template"]["spec"])
            or _annotations_differ(obj, newest)
        ):
            wanted = revision_objects.revision(obj, f"{name}-{generation:05d}", now=self.cluster.now())
            newest = await self.cluster.create(kinds.REVISION, wanted) or self.cluster.get(
                kinds.REVISION, obj["metadata"]["namespace"], name=wanted["metadata"]["name"]
            )
            if newest is None:
                return 1.0
            message = f'Created Revision "{newest["metadata"]["name"]}"'
            await self.cluster.event(
                obj, "Normal", reason="Created", message=message, component="configuration-controller"
            )
        conditions = Conditions(
            before.get("conditions") or (), self.cluster.now(), top="Ready", dependents=()
        )
        latest = newest["metadata"]["name"]
        status = {"latestCreatedRevisionName": latest, "observedGeneration": generation}
        if before.get("latestReadyRevisionName"):
            status["latestReadyRevisionName"] = before["latestReadyRevisionName"]
        ready = conditions_of(newest).get("Ready", {"status": "Unknown"})
        if ready["status"] == "True":
            conditions.set("Ready", "True")
            status["latestReadyRevisionName"] = latest
        elif ready["status"] == "False":
            message = f'Revision "{latest}" failed with message: {ready.get("message", "")}.'
            conditions.set("Ready", "False", reason="RevisionFailed", message=message)
        else:
            conditions.set("Ready", "Unknown")
        if await self.cluster.write_status(
            self.kind, obj, status=status | {"conditions": conditions.render()}
        ):
            await self._announce(obj, before, ready=ready, latest=latest)
        return None

    async def _announce(
        self, obj: Object, before: dict[str, Any], *, ready: dict[str, Any], latest: str
    ) -> None:
        component = "configuration-controller"
        if ready["status"] == "True" and before.get("latestReadyRevisionName") != latest:
            if not before.get("latestReadyRevisionName"):
                text = "Configuration becomes ready"
                await self.cluster.event(
                    obj, "Normal", reason="ConfigurationReady", message=text, component=component
                )
            text = f'LatestReadyRevisionName updated to "{latest}"'
            await self.cluster.event(
                obj, "Normal", reason="LatestReadyUpdate", message=text, component=component
            )
        elif ready["status"] == "False":
            text = f'Latest created revision "{latest}" has failed'
            await self.cluster.event(
                obj, "Warning", reason="LatestCreatedFailed", message=text, component=component
            )


class RouteController(_Child):
    """A Route sends traffic to revisions as soon as they are ready."""

    kind = kinds.ROUTE
    watches = (kind, kinds.CONFIGURATION)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """The configuration of the same name feeds the route."""
        yield obj["metadata"]["namespace"], obj["metadata"]["name"]

    async def work(self, obj: Object) -> float | None:
        """Assigns traffic; a moment later the ingress is ready."""
        metadata = obj["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        if "finalizers" not in metadata:
            await self.cluster.patch(
                self.kind, obj, change={"metadata": {"finalizers": ["routes.serving.knative.dev"]}}
            )
            text = f'Updated "{name}" finalizers'
            await self.cluster.event(
                obj, "Normal", reason="FinalizerUpdate", message=text, component="route-controller"
            )
            return None
        configuration = self.cluster.get(kinds.CONFIGURATION, namespace, name=name) or {}
        before = obj.get("status") or {}
        conditions = Conditions(
            before.get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("AllTrafficAssigned", "CertificateProvisioned", "IngressReady"),
        )
        status: dict[str, Any] = {
            "observedGeneration": metadata["generation"],
            "url": f"http://{name}.{namespace}.{DOMAIN}",
        }
        if "traffic" in before:
            status["traffic"], status["address"] = before["traffic"], before["address"]
        latest = (configuration.get("status") or {}).get("latestReadyRevisionName")
        again = None
        if latest is None:
            self._wait(name, configuration, conditions=conditions)
        else:
            again = await self._assign(obj, latest, before=before, conditions=conditions, status=status)
        await self.cluster.write_status(self.kind, obj, status=status | {"conditions": conditions.render()})
        return again

    @staticmethod
    def _wait(name: str, configuration: Object, *, conditions: Conditions) -> None:
        conditions.set(
            "IngressReady",
            "Unknown",
            reason="IngressNotConfigured",
            message="Ingress has not yet been reconciled.",
        )
        if conditions_of(configuration).get("Ready", {}).get("status") == "False":
            text = f'Configuration "{name}" does not have any ready Revision.'
            conditions.set("AllTrafficAssigned", "False", reason="RevisionMissing", message=text)
        else:
            text = f'Configuration "{name}" is waiting for a Revision to become ready.'
            conditions.set("AllTrafficAssigned", "Unknown", reason="RevisionMissing", message=text)

    async def _assign(
        self,
        obj: Object,
        latest: str,
        *,
        before: dict[str, Any],
        conditions: Conditions,
        status: dict[str, Any],
    ) -> float | None:
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        status["traffic"] = [
            _traffic_status(target, latest, name=name, namespace=namespace)
            for target in obj["spec"]["traffic"]
        ]
        status["address"] = {"url": f"http://{name}.{namespace}.svc.cluster.local"}
        conditions.set("AllTrafficAssigned", "True")
        conditions.set(
            "CertificateProvisioned",
            "True",
            reason="TLSNotEnabled",
            message="external-domain-tls is not enabled",
        )
        core = self.cluster.get(kinds.SERVICE, namespace, name=name)
        if core is None:
            await self.cluster.create(kinds.SERVICE, _placeholder(obj))
            text = f'Created placeholder service "{name}"'
            await self.cluster.event(
                obj, "Normal", reason="Created", message=text, component="route-controller"
            )
            text = f'Created Ingress "{name}"'
            await self.cluster.event(
                obj, "Normal", reason="Created", message=text, component="route-controller"
            )
        if status["traffic"] != before.get("traffic"):
            conditions.set(
                "IngressReady",
                "Unknown",
                reason="IngressNotConfigured",
                message="Ingress has not yet been reconciled.",
            )
            return _INGRESS_SECONDS
        if core is not None and core["spec"].get("externalName") != LOCAL_GATEWAY:
            await self.cluster.patch(kinds.SERVICE, core, change={"spec": {"externalName": LOCAL_GATEWAY}})
        conditions.set("IngressReady", "True")
        return None


class RouteFinalizer(Controller):
    """Lets routes go when they are deleted."""

    watches = (kinds.ROUTE,)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Routes that are being deleted."""
        if "deletionTimestamp" in obj["metadata"]:
            yield obj["metadata"]["namespace"], obj["metadata"]["name"]

    async def reconcile(self, key: Key) -> float | None:
        """Takes Knative's finalizer off."""
        route = self.cluster.get(kinds.ROUTE, *key)
        finalizers = (route or {"metadata": {}})["metadata"].get("finalizers") or []
        kept = [name for name in finalizers if name != "routes.serving.knative.dev"]
        if route is not None and kept != finalizers:
            await self.cluster.patch(kinds.ROUTE, route, change={"metadata": {"finalizers": kept or None}})
        return None


class RevisionController(_Child):
    """A Revision is a Deployment, and what becomes of it."""

    kind = kinds.REVISION
    children = (kinds.DEPLOYMENT,)
    watches = (kind, kinds.DEPLOYMENT, kinds.POD, kinds.SERVICE, kinds.CONFIGURATION)

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._ended: dict[str, float] = {}
        """When a revision became idle or failed, by uid; a while later it is scaled to zero."""

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Also pods that cannot be scheduled."""
        yield from super().interested(kind, obj, before=before)
        revision = (obj["metadata"].get("labels") or {}).get("serving.knative.dev/revision")
        if kind is kinds.POD and revision and _unschedulable(obj):
            yield obj["metadata"]["namespace"], revision

    async def work(self, obj: Object) -> float | None:
        """Makes the children and tells how they do."""
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        conditions = Conditions(
            (obj.get("status") or {}).get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("ContainerHealthy", "ResourcesAvailable"),
        )
        before = obj.get("status") or {}
        if not before:
            for type_ in ("ResourcesAvailable",):
                conditions.set(type_, "Unknown", reason="ResolvingDigests")
            status: dict[str, Any] = {"observedGeneration": 1, "conditions": conditions.render()}
            await self.cluster.write_status(self.kind, obj, status=status)
            return None
        scale = self._scale(obj)
        await self._make(obj, scale)
        deployment = self.cluster.get(kinds.DEPLOYMENT, namespace, name=f"{name}-deployment") or {}
        status = {**before, "containerStatuses": [{"name": "kserve-container"}]}
        await self._judge(obj, deployment, conditions=conditions, status=status, scale=scale)
        status["conditions"] = conditions.render()
        was_ready = is_ready(obj)
        if (
            await self.cluster.write_status(self.kind, obj, status=status)
            and not was_ready
            and conditions.status("Ready") == "True"
        ):
            text = "Revision becomes ready upon all resources being ready"
            await self.cluster.event(
                obj, "Normal", reason="RevisionReady", message=text, component="revision-controller"
            )
        return self._look_again(obj, conditions)

    async def _make(self, obj: Object, scale: int) -> None:
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        deployment = self.cluster.get(kinds.DEPLOYMENT, namespace, name=f"{name}-deployment")
        if deployment is None:
            await self.cluster.create(kinds.DEPLOYMENT, revision_objects.deployment(obj, scale))
        elif deployment["spec"]["replicas"] != scale:
            await self.cluster.patch(kinds.DEPLOYMENT, deployment, change={"spec": {"replicas": scale}})
        for core in revision_objects.services(obj):
            if self.cluster.get(kinds.SERVICE, namespace, name=core["metadata"]["name"]) is None:
                await self.cluster.create(kinds.SERVICE, core)

    def _scale(self, obj: Object) -> int:
        annotations = obj["metadata"].get("annotations") or {}
        minimum = int(annotations.get("autoscaling.knative.dev/min-scale", "1"))
        first = int(annotations.get("autoscaling.knative.dev/initial-scale", str(max(1, minimum))))
        uid, now = obj["metadata"]["uid"], self.cluster.clock.monotonic()
        ended = self._ended.get(uid)
        if ended is not None and now - ended >= _IDLE_SECONDS * self.cluster.pace.scale:
            return 0 if conditions_of(obj)["Ready"]["status"] == "False" else minimum
        return max(first, minimum)

    def _look_again(self, obj: Object, conditions: Conditions) -> float | None:
        uid = obj["metadata"]["uid"]
        minimum = (obj["metadata"].get("annotations") or {}).get("autoscaling.knative.dev/min-scale", "1")
        ready = conditions.status("Ready")
        if (ready == "False" or (ready == "True" and minimum == "0")) and uid not in self._ended:
            self._ended[uid] = self.cluster.clock.monotonic()
            return _IDLE_SECONDS
        return None

    async def _judge(
        self, obj: Object, deployment: Object, *, conditions: Conditions, status: dict[str, Any], scale: int
    ) -> None:
        found = conditions_of(deployment)
        state = deployment.get("status") or {}
        available = found.get("Available", {}).get("status") == "True"
        failure = None if available else self._failure(obj, found)
        if not found:
            conditions.set("Active", "Unknown", reason="Deploying")
            conditions.set("ContainerHealthy", "Unknown", reason="Deploying")
            conditions.set("ResourcesAvailable", "Unknown", reason="Deploying")
        elif conditions.status("Ready") == "False" and scale == 0:
            conditions.set("Active", *_NO_TRAFFIC)
            conditions.set(
                "ResourcesAvailable", "False", reason="ProgressDeadlineExceeded", message=_TOO_LATE
            )
            status |= {"actualReplicas": 0, "desiredReplicas": 0}
        elif failure is not None:
            healthy, reason, message = failure
            conditions.set("Active", *_BUFFERING)
            conditions.set(
                "ContainerHealthy" if not healthy else "ResourcesAvailable",
                "False",
                reason=reason,
                message=message,
            )
            status |= {"actualReplicas": 0, "desiredReplicas": scale}
        elif available:
            conditions.set("ContainerHealthy", "True")
            conditions.set("ResourcesAvailable", "True")
            conditions.set("Active", *(("True",) if scale else _NO_TRAFFIC))
            status |= {"actualReplicas": state.get("readyReplicas", 0), "desiredReplicas": scale}
        else:
            conditions.set("Active", *_BUFFERING)
            status |= {"actualReplicas": state.get("readyReplicas", 0), "desiredReplicas": scale}

    def _failure(self, obj: Object, status: dict[str, Any]) -> tuple[bool, str, str] | None:
        """Whether the container is healthy, reason and message; None where there is no failure (yet)."""
        revision = {"serving.knative.dev/revision": obj["metadata"]["name"]}
        pods = [
            pod
            for pod in self.cluster.all(kinds.POD, obj["metadata"]["namespace"])
            if revision.items() <= (pod["metadata"].get("labels") or {}).items()
        ]
        for pod in pods:
            if message := _unschedulable(pod):
                return True, "Unschedulable", message
        if (replicas := status.get("ReplicaFailure")) and replicas["status"] == "True":
            return True, replicas["reason"], replicas["message"]
        if status.get("Progressing", {}).get("status") != "False":
            return None
        for pod in pods:
            for container in (pod.get("status") or {}).get("containerStatuses") or ():
                ended = (container.get("lastState") or {}).get("terminated") or container["state"].get(
                    "terminated"
                )
                if ended and ended.get("exitCode"):
                    return (
                        False,
                        f"ExitCode{ended['exitCode']}",
                        f"Container failed with: {ended.get('message', '')}",
                    )
                if waiting := container["state"].get("waiting"):
                    return True, waiting["reason"], waiting.get("message", "")
        return True, "ProgressDeadlineExceeded", status["Progressing"].get("message", "")


def _is_observed(child: Object) -> bool:
    return bool((child.get("status") or {}).get("observedGeneration") == child["metadata"]["generation"])


def _annotations_differ(configuration: Object, revision: Object) -> bool:
    wanted = configuration["spec"]["template"]["metadata"].get("annotations") or {}
    return not contains(revision["metadata"].get("annotations") or {}, wanted)


def _unschedulable(pod: Object) -> str:
    condition = conditions_of(pod).get("PodScheduled", {})
    return str(condition.get("message", "")) if condition.get("reason") == "Unschedulable" else ""


def _configuration(service: Object) -> Object:
    metadata = service["metadata"]
    labels = {
        **metadata["labels"],
        "serving.knative.dev/service": metadata["name"],
        "serving.knative.dev/serviceUID": metadata["uid"],
    }
    template = service["spec"]["template"]
    probe = {"successThreshold": 1, "tcpSocket": {"port": 0}}
    main, *others = template["spec"]["containers"]
    containers = [{"readinessProbe": probe, **main}, *others]
    spec = {"containerConcurrency": 0, "timeoutSeconds": 300, **template["spec"], "containers": containers}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Configuration",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": labels,
            "annotations": {"serving.knative.dev/routes": metadata["name"]},
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {"template": {"metadata": template["metadata"], "spec": spec}},
    }


def _route(service: Object) -> Object:
    metadata = service["metadata"]
    traffic = [
        {"configurationName": metadata["name"], **target} if target.get("latestRevision") else target
        for target in service["spec"]["traffic"]
    ]
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Route",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {**metadata["labels"], "serving.knative.dev/service": metadata["name"]},
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {"traffic": traffic},
    }


def _placeholder(route: Object) -> Object:
    metadata = route["metadata"]
    port = {
        "name": "http2",
        "protocol": "TCP",
        "appProtocol": "kubernetes.io/h2c",
        "port": 80,
        "targetPort": 80,
    }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {**metadata["labels"], "serving.knative.dev/route": metadata["name"]},
            "ownerReferences": [owner_reference(route)],
        },
        "spec": {
            "ports": [port],
            "type": "ExternalName",
            "sessionAffinity": "None",
            "externalName": f"{metadata['name']}.{metadata['namespace']}.{DOMAIN}",
        },
    }


def _traffic_status(target: dict[str, Any], latest: str, *, name: str, namespace: str) -> dict[str, Any]:
    if target.get("latestRevision"):
        return {"latestRevision": True, "percent": target["percent"], "revisionName": latest}
    tag = target["tag"]
    return {
        "latestRevision": False,
        "percent": target["percent"],
        "revisionName": target["revisionName"],
        "tag": tag,
        "url": f"http://{tag}-{name}.{namespace}.{DOMAIN}",
    }


CONTROLLERS = (
    ServiceController,
    ConfigurationController,
    RouteController,
    RouteFinalizer,
    RevisionController,
)
