"""Deployments, ReplicaSets and autoscalers, for the demo cluster, which has no controller-manager."""

import copy
from collections.abc import Iterable
from typing import Any

from modelsweb.clock import parse_time
from modelsweb.demo.simulator import kinds
from modelsweb.demo.simulator.conditions import plain
from modelsweb.demo.simulator.machinery import (
    Controller,
    Key,
    Object,
    conditions_of,
    is_ready,
    key_of_owner,
    owner_reference,
    template_hash,
)
from modelsweb.objects.kind import Kind

_REVISION = "deployment.kubernetes.io/revision"
_NO_METRICS = (
    "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource "
    "metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"
)


class DeploymentController(Controller):
    """Rolls a Deployment out: the new ReplicaSet first, the old ones go when it is available."""

    watches = (kinds.DEPLOYMENT, kinds.REPLICA_SET)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Own changes and those of the ReplicaSets."""
        if kind is kinds.DEPLOYMENT:
            yield obj["metadata"]["namespace"], obj["metadata"]["name"]
        else:
            yield from key_of_owner(obj, kinds.DEPLOYMENT)

    async def reconcile(self, key: Key) -> float | None:
        """One Deployment."""
        deployment = self.cluster.get(kinds.DEPLOYMENT, *key)
        if deployment is None or "deletionTimestamp" in deployment["metadata"]:
            return None
        sets = self.cluster.owned(kinds.REPLICA_SET, deployment)
        name = f"{key[1]}-{template_hash(deployment['spec']['template'])}"
        newest = next((found for found in sets if found["metadata"]["name"] == name), None)
        if newest is None:
            return await self._roll(deployment, name, number=len(sets) + 1)
        old = [found for found in sets if found is not newest]
        await self._scale(deployment, newest, replicas=deployment["spec"]["replicas"])
        wanted = deployment["spec"]["replicas"]
        if (newest.get("status") or {}).get("availableReplicas", 0) >= wanted:
            for found in old:
                await self._scale(deployment, found, replicas=0)
        status = self._status(deployment, newest, old=old)
        await self.cluster.write_status(kinds.DEPLOYMENT, deployment, status=status)
        return self._seconds_to_deadline(deployment, status)

    async def _roll(self, deployment: Object, name: str, *, number: int) -> float | None:
        created = await self.cluster.create(kinds.REPLICA_SET, _replica_set(deployment, name, number=number))
        if created is None:
            return 1.0
        replicas = deployment["spec"]["replicas"]
        before = deployment.get("status") or {}
        change = {"metadata": {"annotations": {_REVISION: str(number)}}}
        await self.cluster.patch(kinds.DEPLOYMENT, deployment, change=change)
        patched = self.cluster.get(
            kinds.DEPLOYMENT, deployment["metadata"]["namespace"], name=deployment["metadata"]["name"]
        )
        if patched is not None:
            condition = {
                "type": "Progressing",
                "status": "True",
                "reason": "NewReplicaSetCreated",
                "message": f'Created new replica set "{name}"',
            }
            others = [c for c in before.get("conditions") or () if c["type"] == "Available"]
            conditions = plain(
                before.get("conditions") or (), [*others, condition], now=self.cluster.now(), updates=True
            )
            await self.cluster.write_status(
                kinds.DEPLOYMENT, patched, status={**before, "conditions": conditions}
            )
        if replicas:
            text = f"Scaled up replica set {name} from 0 to {replicas}"
            await self.cluster.event(
                deployment,
                "Normal",
                reason="ScalingReplicaSet",
                message=text,
                component="deployment-controller",
            )
        return None

    async def _scale(self, deployment: Object, replica_set: Object, *, replicas: int) -> None:
        now = replica_set["spec"]["replicas"]
        if now == replicas:
            return
        await self.cluster.patch(kinds.REPLICA_SET, replica_set, change={"spec": {"replicas": replicas}})
        direction = "up" if replicas > now else "down"
        text = f"Scaled {direction} replica set {replica_set['metadata']['name']} from {now} to {replicas}"
        await self.cluster.event(
            deployment, "Normal", reason="ScalingReplicaSet", message=text, component="deployment-controller"
        )

    def _status(self, deployment: Object, newest: Object, *, old: list[Object]) -> dict[str, Any]:
        wanted = deployment["spec"]["replicas"]
        counts = [found.get("status") or {} for found in (newest, *old)]
        total = sum(count.get("replicas", 0) for count in counts)
        ready = sum(count.get("readyReplicas", 0) for count in counts)
        updated = counts[0].get("replicas", 0)
        status: dict[str, Any] = {
            "observedGeneration": deployment["metadata"]["generation"],
            "terminatingReplicas": 0,
        }
        numbers = {
            "replicas": total,
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        status |= {name: number for name, number in numbers.items() if number}
        if wanted > ready:
            status["unavailableReplicas"] = max(wanted, total) - ready
        before = (deployment.get("status") or {}).get("conditions") or ()
        conditions = self._conditions(deployment, newest, ready=ready, updated=updated)
        return status | {"conditions": plain(before, conditions, now=self.cluster.now(), updates=True)}

    def _conditions(
        self, deployment: Object, newest: Object, *, ready: int, updated: int
    ) -> list[dict[str, Any]]:
        wanted = deployment["spec"]["replicas"]
        name = newest["metadata"]["name"]
        available = {
            "type": "Available",
            "status": "True" if ready >= wanted else "False",
            "reason": "MinimumReplicasAvailable" if ready >= wanted else "MinimumReplicasUnavailable",
            "message": "Deployment has minimum availability."
            if ready >= wanted
            else "Deployment does not have minimum availability.",
        }
        done = (newest.get("status") or {}).get("availableReplicas", 0) >= wanted
        before = conditions_of(deployment).get("Progressing", {})
        progressing = {
            "type": "Progressing",
            "status": "True",
            "reason": before.get("reason", ""),
            "message": before.get("message", ""),
        }
        if done:
            progressing |= {
                "reason": "NewReplicaSetAvailable",
                "message": f'ReplicaSet "{name}" has successfully progressed.',
            }
        elif self._is_late(deployment):
            text = f'ReplicaSet "{name}" has timed out progressing.'
            progressing |= {"status": "False", "reason": "ProgressDeadlineExceeded", "message": text}
        elif updated:
            progressing |= {"reason": "ReplicaSetUpdated", "message": f'ReplicaSet "{name}" is progressing.'}
        return [available, progressing] if updated or done else [progressing, available]

    def _is_late(self, deployment: Object) -> bool:
        left = self._seconds_to_deadline(deployment, deployment.get("status") or {})
        return left is not None and left <= 0

    def _seconds_to_deadline(self, deployment: Object, status: dict[str, Any]) -> float | None:
        found = conditions_of({"status": status}).get("Progressing")
        if not found or found.get("reason") == "NewReplicaSetAvailable":
            return None
        if found.get("reason") == "ProgressDeadlineExceeded":
            return -1.0 if status is deployment.get("status") else None
        since = parse_time(found.get("lastUpdateTime"))
        if since is None:
            return None
        passed = (self.cluster.clock.now() - since).total_seconds() / self.cluster.pace.scale
        return float(deployment["spec"].get("progressDeadlineSeconds", 600)) - passed


class ReplicaSetController(Controller):
    """Keeps as many pods as are wanted."""

    watches = (kinds.REPLICA_SET, kinds.POD)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Own changes and those of the pods."""
        if kind is kinds.REPLICA_SET:
            yield obj["metadata"]["namespace"], obj["metadata"]["name"]
        else:
            yield from key_of_owner(obj, kinds.REPLICA_SET)

    async def reconcile(self, key: Key) -> float | None:
        """One ReplicaSet."""
        replica_set = self.cluster.get(kinds.REPLICA_SET, *key)
        if replica_set is None or "deletionTimestamp" in replica_set["metadata"]:
            return None
        pods = [
            p for p in self.cluster.owned(kinds.POD, replica_set) if "deletionTimestamp" not in p["metadata"]
        ]
        alive = [pod for pod in pods if (pod.get("status") or {}).get("phase") not in {"Failed", "Succeeded"}]
        wanted = replica_set["spec"]["replicas"]
        for _ in range(wanted - len(alive)):
            if (pod := await self.cluster.create(kinds.POD, _pod(replica_set))) is not None:
                alive.append(pod)
                await self._say(
                    replica_set, "SuccessfulCreate", message=f"Created pod: {pod['metadata']['name']}"
                )
        for pod in alive[wanted:]:
            await self.cluster.delete(kinds.POD, pod)
            await self._say(
                replica_set, "SuccessfulDelete", message=f"Deleted pod: {pod['metadata']['name']}"
            )
        alive = alive[:wanted]
        ready = sum(map(is_ready, alive))
        status: dict[str, Any] = {
            "replicas": len(alive),
            "terminatingReplicas": 0,
            "observedGeneration": replica_set["metadata"]["generation"],
        }
        counts = {"fullyLabeledReplicas": len(alive), "readyReplicas": ready, "availableReplicas": ready}
        status |= {name: number for name, number in counts.items() if number}
        await self.cluster.write_status(kinds.REPLICA_SET, replica_set, status=status)
        return None

    async def _say(self, replica_set: Object, reason: str, *, message: str) -> None:
        await self.cluster.event(
            replica_set, "Normal", reason=reason, message=message, component="replicaset-controller"
        )


class AutoscalerController(Controller):
    """Says once that there is no metrics server; nothing scales with load here."""

    watches = (kinds.AUTOSCALER,)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """New autoscalers."""
        if before is None:
            yield obj["metadata"]["namespace"], obj["metadata"]["name"]

    async def reconcile(self, key: Key) -> float | None:
        """One autoscaler."""
        autoscaler = self.cluster.get(kinds.AUTOSCALER, *key)
        if autoscaler is None or (autoscaler.get("status") or {}).get("conditions"):
            return None
        conditions = [
            {
                "type": "AbleToScale",
                "status": "True",
                "reason": "SucceededGetScale",
                "message": "the HPA controller was able to get the target's current scale",
            },
            {
                "type": "ScalingActive",
                "status": "False",
                "reason": "FailedGetResourceMetric",
                "message": f"the HPA was unable to compute the replica count: {_NO_METRICS}",
            },
        ]
        status = {
            "observedGeneration": 1,
            "currentReplicas": 1,
            "desiredReplicas": 0,
            "currentMetrics": [{"type": ""}],
            "conditions": plain((), conditions, now=self.cluster.now()),
        }
        await self.cluster.write_status(kinds.AUTOSCALER, autoscaler, status=status)
        component = "horizontal-pod-autoscaler"
        await self.cluster.event(
            autoscaler, "Warning", reason="FailedGetResourceMetric", message=_NO_METRICS, component=component
        )
        text = f"invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: {_NO_METRICS}"
        await self.cluster.event(
            autoscaler, "Warning", reason="FailedComputeMetricsReplicas", message=text, component=component
        )
        return None


def _replica_set(deployment: Object, name: str, *, number: int) -> Object:
    metadata = deployment["metadata"]
    template = copy.deepcopy(deployment["spec"]["template"])
    digest = name.rpartition("-")[2]
    template["metadata"].setdefault("labels", {})["pod-template-hash"] = digest
    replicas = deployment["spec"]["replicas"]
    is_recreated = (deployment["spec"].get("strategy") or {}).get("type") == "Recreate"
    surge = 0 if is_recreated else max(1, replicas // 4)
    annotations = {
        **(metadata.get("annotations") or {}),
        "deployment.kubernetes.io/desired-replicas": str(replicas),
        "deployment.kubernetes.io/max-replicas": str(replicas + surge),
        _REVISION: str(number),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": {
                **(deployment["spec"]["template"]["metadata"].get("labels") or {}),
                "pod-template-hash": digest,
            },
            "annotations": annotations,
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {
            "replicas": replicas,
            "selector": {
                "matchLabels": {**deployment["spec"]["selector"]["matchLabels"], "pod-template-hash": digest}
            },
            "template": template,
        },
    }


def _pod(replica_set: Object) -> Object:
    metadata, template = replica_set["metadata"], replica_set["spec"]["template"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{metadata['name']}-",
            "namespace": metadata["namespace"],
            "labels": dict(template["metadata"].get("labels") or {}),
            "annotations": dict(template["metadata"].get("annotations") or {}),
            "ownerReferences": [owner_reference(replica_set)],
        },
        "spec": copy.deepcopy(template["spec"]),
    }


CONTROLLERS = (DeploymentController, ReplicaSetController, AutoscalerController)
