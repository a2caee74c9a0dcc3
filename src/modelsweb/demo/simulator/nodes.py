"""The scheduler of the demo cluster: a node for every pod that fits on one."""

from collections import Counter
from collections.abc import Iterable

from modelsweb.demo.simulator import kinds
from modelsweb.demo.simulator.conditions import plain
from modelsweb.demo.simulator.machinery import Controller, Key, Object
from modelsweb.objects.kind import Kind
from modelsweb.objects.quantity import quantity

_RESOURCES = ("cpu", "memory", "nvidia.com/gpu")
_RETRY_SECONDS = 60.0


class Scheduler(Controller):
    """Binds pods; says in the real scheduler's words why it cannot."""

    watches = (kinds.POD, kinds.NODE)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Pods without a node; all that wait, when a pod goes."""
        if kind is not kinds.POD:
            return
        metadata = obj["metadata"]
        if "deletionTimestamp" in metadata:
            for pod in self.cluster.all(kinds.POD):
                if not pod["spec"].get("nodeName"):
                    yield pod["metadata"]["namespace"], pod["metadata"]["name"]
        elif not obj["spec"].get("nodeName"):
            yield metadata["namespace"], metadata["name"]

    async def reconcile(self, key: Key) -> float | None:
        """One pod."""
        pod = self.cluster.get(kinds.POD, *key)
        if pod is None or pod["spec"].get("nodeName") or "deletionTimestamp" in pod["metadata"]:
            return None
        wanted = _requests(pod)
        short: Counter[str] = Counter()
        nodes = sorted(self.cluster.all(kinds.NODE), key=lambda node: str(node["metadata"]["name"]))
        if not nodes:
            return 1.0
        for node in sorted(nodes, key=self._load):
            free = self._free(node)
            lacking = [name for name in _RESOURCES if wanted[name] > free[name]]
            if not lacking:
                await self._bind(pod, node["metadata"]["name"])
                return None
            short.update(lacking[:1])
        await self._refuse(pod, len(nodes), short=short)
        return _RETRY_SECONDS

    def _load(self, node: Object) -> float:
        allocatable = quantity(node["status"]["allocatable"].get("cpu")) or 0.0
        return -self._free(node)["cpu"] / max(allocatable, 1.0)

    def _free(self, node: Object) -> dict[str, float]:
        free = {name: quantity(node["status"]["allocatable"].get(name)) or 0.0 for name in _RESOURCES}
        for pod in self.cluster.all(kinds.POD):
            if pod["spec"].get("nodeName") == node["metadata"]["name"]:
                for name, amount in _requests(pod).items():
                    free[name] -= amount
        return free

    async def _bind(self, pod: Object, node: str) -> None:
        metadata = pod["metadata"]
        condition = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        text = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {node}"
        await self.cluster.event(
            pod, "Normal", reason="Scheduled", message=text, component="default-scheduler", is_scheduler=True
        )
        await self.cluster.patch(kinds.POD, pod, change={"spec": {"nodeName": node}})
        bound = self.cluster.get(kinds.POD, metadata["namespace"], name=metadata["name"])
        if bound is not None:
            status = {**bound["status"], "conditions": plain((), [condition], now=self.cluster.now())}
            await self.cluster.write_status(kinds.POD, bound, status=status)

    async def _refuse(self, pod: Object, nodes: int, *, short: Counter[str]) -> None:
        reasons = ", ".join(f"{count} Insufficient {name}" for name, count in sorted(short.items()))
        text = (
            f"0/{nodes} nodes are available: {reasons}. preemption: 0/{nodes} nodes are available: "
            f"{nodes} Preemption is not helpful for scheduling."
        )
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": text,
            "lastProbeTime": None,
        }
        before = pod["status"].get("conditions") or ()
        status = {**pod["status"], "conditions": plain(before, [condition], now=self.cluster.now())}
        if await self.cluster.write_status(kinds.POD, pod, status=status):
            await self.cluster.event(
                pod,
                "Warning",
                reason="FailedScheduling",
                message=text,
                component="default-scheduler",
                is_scheduler=True,
            )


def _requests(pod: Object) -> dict[str, float]:
    containers = [container.get("resources") or {} for container in pod["spec"].get("containers") or ()]
    return {
        name: sum(quantity((resources.get("requests") or {}).get(name)) or 0.0 for resources in containers)
        for name in _RESOURCES
    }
