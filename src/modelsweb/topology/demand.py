"""How many replicas a service has and wants, and the GPUs that they ask for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelsweb.objects.obj import Obj, dig
from modelsweb.objects.quantity import quantity
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

_CLAIM = "resourceclaim"
_RESERVED = ("cpu", "memory")
_NETWORKS = ("rdma", "sriov", "hca", "/efa", "infiniband", "roce")
"""Words in the names of resources that are shares of a network."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """Ready and wanted replicas of the predictor."""

    ready: int
    wanted: int


def replicas(snapshot: ServiceSnapshot) -> Replicas | None:
    """Of the predictor; None where nothing tells. Pods that are leaving are not counted.

    Of pods that were not read their Deployments tell. KServe's own count is never taken back. In ModelMesh it is that of
    the copies of the model, each in a pod of the runtime.
    """
    if predictor.is_model_mesh(snapshot.service):
        return _copies(snapshot)
    makers = snapshot.deployments_of("predictor")
    asked = wanted(makers)
    ready = len(snapshot.ready_pods("predictor"))
    if asked is not None:
        reported = sum(one.integer("status", "readyReplicas") or 0 for one in makers)
        return Replicas(ready if snapshot.is_read else reported, asked)
    if snapshot.heads("predictor"):
        return Replicas(ready, len(snapshot.heads("predictor")))
    return Replicas(0, 0) if snapshot.is_read and snapshot.service.conditions() else None


def _copies(snapshot: ServiceSnapshot) -> Replicas | None:
    copies = snapshot.service.integer("status", "modelStatus", "copies", "totalCopies")
    if copies is None:
        return None
    return Replicas(
        min(copies, len(snapshot.ready_pods("predictor"))) if snapshot.is_read else copies, copies
    )


def wanted(deployments: Iterable[Obj]) -> int | None:
    """The replicas that Deployments ask for, 1 where one does not say; None where there are no Deployments."""
    numbers = [one.integer("spec", "replicas") for one in deployments]
    return sum(1 if number is None else number for number in numbers) if numbers else None


def devices(snapshot: ServiceSnapshot) -> dict[str, int]:
    """The devices of one replica, by the names of their resources: what its pods are limited to, else what they are made
    from, else what the spec says over its runtime. A model of ModelMesh has none of its own.

    A group on several nodes is one replica: its workers count once each. Any vendor's resource counts that is not one of
    a network or of Kubernetes itself.
    """
    total: Counter[str] = Counter()
    is_shared = predictor.is_model_mesh(snapshot.service)
    for component in predictor.COMPONENTS:
        spec = snapshot.service.mapping("spec", component)
        heads = () if is_shared else snapshot.heads(component)
        if not spec and not heads:
            continue
        runtime = snapshot.runtime if component == "predictor" and "model" in spec and not is_shared else {}
        total += _of_one(snapshot, component, running=heads, runtime=runtime, spec=spec)
        worker = spec.get("workerSpec")
        if isinstance(worker, Mapping):  # it may be empty: all of it is the runtime's then
            usual = Obj(runtime).mapping("workerSpec")
            workers = [
                pod for pod in snapshot.pods if pods.component(pod) == component and pods.is_worker(pod)
            ]
            per_worker = _of_one(
                snapshot, component, running=workers, runtime=usual, spec=worker, has_workers=True
            )
            for name, number in per_worker.items():
                total[name] += number * _workers({**usual, **worker})
    return {name: number for name, number in total.items() if number}


def _of_one(
    snapshot: ServiceSnapshot,
    component: str,
    *,
    running: Sequence[Obj],
    runtime: Mapping[str, Any],
    spec: Mapping[str, Any],
    has_workers: bool = False,
) -> Counter[str]:
    """What one pod may use: a running one is the truth, then what pods are made from, then the spec over the runtime."""
    made = running[0].mapping("spec") if running else snapshot.template(component, has_workers=has_workers)
    return _of_pod_spec(made) if made else Counter({**_of_spec(runtime), **_of_spec(spec)})


def devices_of_pod(pod: Obj) -> Counter[str]:
    """The devices that a pod holds."""
    return _of_pod_spec(pod.mapping("spec"))


def resources_of_pod(pod: Obj) -> dict[str, float]:
    """The CPUs and the bytes of memory that a pod has reserved."""
    found = dict.fromkeys(_RESERVED, 0.0)
    for container in pod.items("spec", "containers"):
        asked = Obj(container)
        given = {**asked.mapping("resources", "limits"), **asked.mapping("resources", "requests")}
        for name in _RESERVED:
            found[name] += quantity(given.get(name)) or 0.0
    return found


def gpus(snapshot: ServiceSnapshot) -> int:
    """How many devices one replica asks for, whoever makes them."""
    return sum(devices(snapshot).values())


def _workers(worker: Mapping[str, Any]) -> int:
    """The workers of a group: all of its nodes but the head's."""
    size = worker.get("pipelineParallelSize")
    return max(1, size - 1) if isinstance(size, int) and not isinstance(size, bool) else 1


def _of_pod_spec(spec: Mapping[str, Any]) -> Counter[str]:
    found = _of_claims(spec)
    for container in Obj(spec).items("containers"):
        found += _of_container(container)
    return found


def _of_spec(spec: Mapping[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for container in Obj(spec).items("containers"):
        found.update(_of_container(container))
    for key, value in spec.items():
        if isinstance(value, Mapping) and "resources" in value and key != "workerSpec":
            found.update(_of_container(value))  # a 0 takes away what the runtime asks for
    found.update(_of_claims(spec))
    return found


def _of_claims(spec: Mapping[str, Any]) -> Counter[str]:
    """The claims for devices (DRA) that containers use; how many devices one stands for stands elsewhere."""
    users = [*Obj(spec).items("containers"), *(one for one in spec.values() if isinstance(one, Mapping))]
    used = [claim.get("name") for user in users for claim in Obj(user).items("resources", "claims")]
    return Counter(
        f"{_CLAIM}/{claim.get('resourceClaimTemplateName') or claim.get('resourceClaimName') or claim.get('name')}"
        for claim in Obj(spec).items("resourceClaims")
        if claim.get("name") in used
    )


def _of_container(container: Mapping[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    asked = dig(container, "resources", "limits") or dig(container, "resources", "requests")
    if isinstance(asked, Mapping):
        for name, value in asked.items():
            if is_device(str(name)):
                found[str(name)] = _number(value)
    return found


def is_device(resource: str) -> bool:
    """Whether a resource is a device: one with a vendor's domain that is not Kubernetes' own and no network's."""
    domain, slash, name = resource.partition("/")
    is_network = any(word in resource.lower() for word in _NETWORKS)
    return bool(slash and name) and not domain.endswith("kubernetes.io") and not is_network


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
