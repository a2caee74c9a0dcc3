"""What the predictor of a document asks for, beside what nodes and quotas of the cluster offer."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.manifests.check import Facts
from modelsweb.manifests.service_document import MODEL, OWN_CONTAINER, PREDICTOR, Path
from modelsweb.objects.obj import Obj, dig, once
from modelsweb.objects.quantity import quantity
from modelsweb.topology.demand import devices_of_pod, is_device
from modelsweb.topology.predictor import FRAMEWORKS
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import wanted

_ENDED = ("Succeeded", "Failed")
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})")
_IMAGE_VOLUMES = (1, 31)
_PRODUCTS = (".product", "/product", "accelerator")
"""How labels of nodes end that name the model of their devices (NVIDIA's and AMD's feature discovery, GKE)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one replica asks for, by resource, and where the document says so; ``path`` is the container's."""

    path: Path
    requests: Mapping[str, float]
    limits: Mapping[str, float]

    @property
    def scheduled(self) -> Mapping[str, float]:
        """What a node must have free. A limit alone is a request too, but for a container of the user's own, for which KServe
        fills in requests of its settings."""
        limits = {
            name: number
            for name, number in self.limits.items()
            if "containers" not in self.path or is_device(name)
        }
        return {**limits, **self.requests}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the nodes offer of one device: in all, at most on one, and of which models."""

    device: str
    total: int
    largest: int
    products: tuple[str, ...] = ()


def ask(service: Obj, facts: Facts) -> Ask | None:
    """Of the container that serves: what the document says over what its runtime does. None where neither is known."""
    predictor = service.mapping(*PREDICTOR)
    named = next((name for name in ("model", *FRAMEWORKS) if name in predictor), "")
    if not named and not any(service.items(*PREDICTOR, "containers")):
        return None
    path: Path = (*PREDICTOR, named) if named else (*PREDICTOR, "containers", 0)
    usual = usual_resources(service, facts) if path == MODEL else {}
    given = dig(service.raw, *path, "resources")
    requests, limits = (
        {**_numbers(dig(usual, one)), **_numbers(dig(given, one))} for one in ("requests", "limits")
    )
    return Ask(path=path, requests=requests, limits=limits) if requests or limits else None


def usual_resources(service: Obj, facts: Facts) -> Mapping[str, Any]:
    """The resources of the container of the runtime that KServe would take."""
    asked = wanted(service)
    chosen = (
        select(facts.runtimes, asked).chosen if asked is not None and facts.runtimes is not None else None
    )
    containers = list(chosen.items("spec", "containers")) if chosen is not None else []
    named = [one for one in containers if one.get("name") == OWN_CONTAINER]
    found = dig(next(iter(named or containers), {}), "resources")
    return found if isinstance(found, Mapping) else {}


def _numbers(given: Any) -> dict[str, float]:
    if not isinstance(given, Mapping):
        return {}
    read = {str(name): quantity(value) for name, value in given.items()}
    return {name: number for name, number in read.items() if number is not None}


def usable(nodes: Iterable[Obj]) -> list[Obj]:
    """The nodes that take pods at all; taints that keep them for devices are left to their owner."""
    return [
        node
        for node in nodes
        if node.mapping("spec").get("unschedulable") is not True
        and not node.mapping("metadata").get("deletionTimestamp")
    ]


def node_version(node: Obj) -> str:
    """Of its kubelet, such as ``v1.31.4``; empty where it is not known."""
    return node.string("status", "nodeInfo", "kubeletVersion")


def takes_image_volumes(node: Obj) -> bool | None:
    """It can mount an image as a volume; None where its version is not known.
    https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/"""
    found = _VERSION.match(node_version(node))
    return (int(found[1]), int(found[2])) >= _IMAGE_VOLUMES if found else None


@once
def _allocatable(node: Obj) -> Mapping[str, float]:
    return _numbers(node.mapping("status", "allocatable"))


def most_of(nodes: Iterable[Obj], resource: str) -> float:
    """The most that one node has of a resource."""
    return max((_allocatable(node).get(resource, 0.0) for node in nodes), default=0.0)


def offers(nodes: Iterable[Obj]) -> list[Offer]:
    """The devices of the nodes, the most frequent first."""
    total: Counter[str] = Counter()
    largest: dict[str, int] = {}
    products: dict[str, set[str]] = {}
    for node in usable(nodes):
        for name, number in _allocatable(node).items():
            if is_device(name) and number > 0:
                total[name] += int(number)
                largest[name] = max(largest.get(name, 0), int(number))
                products.setdefault(name, set()).update(_products(node, name))
    return [
        Offer(device=name, total=count, largest=largest[name], products=tuple(sorted(products[name])))
        for name, count in total.most_common()
    ]


def hosts_of_devices(nodes: Iterable[Obj]) -> list[str]:
    """The names of the nodes that offer devices."""
    return [node.name for node in usable(nodes) if offers((node,))]


def devices_used(pods: Iterable[Obj]) -> Mapping[str, int]:
    """The devices that pods hold; those that have ended hold none."""
    used: Counter[str] = Counter()
    for pod in pods:
        if pod.string("status", "phase") not in _ENDED:
            used += devices_of_pod(pod)
    return dict(used)


def _products(node: Obj, device: str) -> set[str]:
    vendor = device.partition("/")[0]
    return {
        str(value)
        for key, value in node.labels.items()
        if key.endswith(_PRODUCTS) and (key.startswith(vendor) or "gke-accelerator" in key) and value
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLine:
    """One line of a ResourceQuota: its name, the resource, what is used and what may be."""

    quota: str
    resource: str
    used: float
    hard: float

    @property
    def left(self) -> float:
        """What may still be used."""
        return max(0.0, self.hard - self.used)


def quota_lines(quotas: Iterable[Obj]) -> list[QuotaLine]:
    """The lines of all quotas that hold for every pod; those of some pods only (scopes) are left out."""
    lines = []
    for one in quotas:
        if one.mapping("spec").get("scopes") or one.mapping("spec").get("scopeSelector"):
            continue
        hard = _numbers(one.mapping("status", "hard") or one.mapping("spec", "hard"))
        used = _numbers(one.mapping("status", "used"))
        lines += [
            QuotaLine(quota=one.name, resource=name, used=used.get(name, 0.0), hard=number)
            for name, number in hard.items()
        ]
    return lines


def under_quota(asked: Ask, resource: str) -> float:
    """What one replica takes of a resource as a quota names it."""
    kind, dot, name = resource.partition(".")
    if resource == "pods" or resource == "count/pods":
        return 1.0
    if dot and kind == "limits":
        return asked.limits.get(name, 0.0)
    if dot and kind == "requests":
        return asked.scheduled.get(name, 0.0)
    return asked.scheduled.get(resource, 0.0) if resource in {"cpu", "memory"} else 0.0
