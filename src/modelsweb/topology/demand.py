"""How many replicas a service has and wants, and the GPUs that they ask for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.objects.obj import Obj, dig
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.family import Family


@dataclass(frozen=True, slots=True)
class Replicas:
    """Ready and wanted replicas of the predictor."""

    ready: int
    wanted: int


def replicas(family: Family) -> Replicas | None:
    """Of the predictor; None where nothing tells. Pods that are leaving are not counted."""
    asked = wanted(family.deployments_of("predictor"))
    ready = len(family.ready_pods("predictor"))
    if asked is not None:
        return Replicas(ready, asked)
    if family.pods:
        return Replicas(ready, sum(pods.component(pod) == "predictor" for pod in family.pods))
    copies = family.service.integer("status", "modelStatus", "copies", "totalCopies")
    return None if copies is None else Replicas(copies, copies)


def wanted(deployments: Iterable[Obj]) -> int | None:
    """The replicas that Deployments ask for, 1 where one does not say; None where there are no Deployments."""
    numbers = [one.integer("spec", "replicas") for one in deployments]
    return sum(1 if number is None else number for number in numbers) if numbers else None


def gpus(service: Obj) -> int:
    """The GPUs of one replica of each component, as the spec asks for them."""
    total = 0
    for component in predictor.COMPONENTS:
        for container in _containers(service, component):
            limits = dig(container, "resources", "limits") or dig(container, "resources", "requests")
            if isinstance(limits, Mapping):
                total += sum(_number(value) for name, value in limits.items() if _is_gpu(str(name)))
    return total


def asks_for_gpu(pod: Obj) -> bool:
    """Whether a container of the pod is limited to some GPUs, which a runtime may have asked for."""
    return any(
        _is_gpu(str(name))
        for container in pod.items("spec", "containers")
        for name in dig(container, "resources", "limits") or ()
    )


def _containers(service: Obj, component: str) -> Iterator[Mapping[str, Any]]:
    yield from service.items("spec", component, "containers")
    for value in service.mapping("spec", component).values():
        if isinstance(value, Mapping) and "resources" in value:
            yield value


def _is_gpu(resource: str) -> bool:
    return resource.endswith("/gpu") or "nvidia.com/mig-" in resource


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
