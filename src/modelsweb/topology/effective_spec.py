"""What an LLM service is made of: its spec over the configurations that KServe combines it with, each value with its source.

KServe merges them as strategic merge patches (``pkg/controller/v1alpha2/llmisvc/config_merge.go``): later ones win, the service over all;
maps are joined, lists of containers and the like by the key of their items, other lists are replaced.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import quantity
from modelsweb.topology import pod
from modelsweb.topology.llm_service import applied_configs, groups_of
from modelsweb.topology.service_snapshot import ServiceSnapshot

_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
}
"""How Kubernetes tells the items of a list apart (``patchMergeKey`` in ``k8s.io/api/core/v1``)."""
_ONLY_IN_SERVICES = {"baseRefs"}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One of the specs that are combined. ``source`` is KServe's word for it, empty for the service itself; ``spec`` is None where it
    could not be read."""

    namespace: str
    name: str
    source: str
    spec: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveField:
    """A value with the layer that it comes from, and the values that it wins over, the last first."""

    path: Path
    value: object
    layer: Layer
    overridden: tuple[tuple[Layer, object], ...]

    @property
    def is_rendered(self) -> bool:
        """KServe fills it in: what the service really has is not known from here."""
        return "{{" in str(self.value)


def layers(service: Obj, configs: Mapping[tuple[str, str], Obj]) -> tuple[Layer, ...]:
    """The configurations that KServe says it combined, presets first, then those of ``baseRefs`` in their order, and the service."""
    applied = [
        Layer(
            namespace=one.namespace,
            name=one.name,
            source=one.source,
            spec=found.mapping("spec") if (found := configs.get((one.namespace, one.name))) else None,
        )
        for one in applied_configs(service)
        if one.name and one.namespace
    ]
    order = [str(one.get("name")) for one in service.items("spec", "baseRefs")]

    def rank(layer: Layer) -> tuple[bool, int]:
        is_ref = layer.source == "UserRef"
        return is_ref, order.index(layer.name) if is_ref and layer.name in order else -1

    own = Layer(namespace=service.namespace, name=service.name, source="", spec=service.mapping("spec"))
    return (*sorted(applied, key=rank), own)


def effective_fields(found: Sequence[Layer]) -> tuple[EffectiveField, ...]:
    """Every value that counts, in the order of their paths. What a layer that could not be read says is missing.

    An empty map adds nothing to one that has fields; a value replaces fields that stand below it, and the other way round.
    """
    given: dict[Path, list[tuple[Layer, object]]] = {}
    for layer in found:
        own = {
            path: value
            for path, value in _leaves(layer.spec or {}, ())
            if path[0] not in _ONLY_IN_SERVICES or not layer.source
        }
        for path, value in own.items():
            below = [known for known in given if len(known) > len(path) and known[: len(path)] == path]
            if value == {} and below:
                continue
            above = [path[:length] for length in range(1, len(path)) if path[:length] in given]
            for replaced in (*below, *above):
                del given[replaced]
            given.setdefault(path, []).append((layer, value))
    return tuple(
        EffectiveField(
            path=path, value=values[-1][1], layer=values[-1][0], overridden=tuple(reversed(values[:-1]))
        )
        for path, values in sorted(given.items())
    )


def written_path(layer: Layer, path: Path) -> str:
    """The path of a value with the places of items in their lists, as the layer has them."""
    value: object = layer.spec
    steps = []
    for part in path:
        name, _, key = part.removesuffix("]").partition("[")
        value = value.get(name) if isinstance(value, Mapping) else None
        number = _place(value, name=name, key=key) if key else None
        steps.append(name if number is None else f"{name}[{number}]")
        if number is not None and isinstance(value, list):
            value = value[number]
    return ".".join(steps)


class Held(StrEnum):
    """What an object that KServe made for the service says of a value."""

    SAME = "same"
    OTHER = "other"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """No object that was read has a place for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A value held against what was made. ``value`` is what stands there, None where nothing does."""

    held: Held
    value: object = None


def held_against(field: EffectiveField, snapshot: ServiceSnapshot) -> Evidence:
    """What the service's Deployments, or its groups of pods, have in the place of a value."""
    if field.path[-1] == "replicas":
        roles = (role for role, path in _REPLICAS.items() if path == field.path)
        found = next((_replicas(snapshot, role) for role in roles), None)
        made: object = _UNKNOWN if found is None else found
    else:
        pods = next((one for one in _PODS if field.path[: len(one.path)] == one.path), None)
        spec = _pod_spec(snapshot, pods) if pods is not None else {}
        made = _at(spec, field.path[len(pods.path) :]) if pods is not None and spec else _UNKNOWN
    if made is _UNKNOWN or field.value in ({}, []):
        return Evidence(held=Held.UNKNOWN)
    if made is None:
        return Evidence(held=Held.ABSENT)
    return Evidence(held=Held.SAME if _is_same(field.value, made) else Held.OTHER, value=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pods:
    """The part of the spec that pods of a role are made from; of ``is_worker`` those that stand beside a head."""

    path: Path
    role: str
    is_worker: bool = False


_PODS = (
    _Pods(path=("template",), role=pod.LLM_MAIN),
    _Pods(path=("worker",), role=pod.LLM_MAIN, is_worker=True),
    _Pods(path=("prefill", "template"), role=pod.LLM_PREFILL),
    _Pods(path=("prefill", "worker"), role=pod.LLM_PREFILL, is_worker=True),
    _Pods(path=("router", "scheduler", "template"), role=pod.LLM_SCHEDULER),
)
_REPLICAS: Mapping[str, Path] = {
    pod.LLM_MAIN: ("replicas",),
    pod.LLM_PREFILL: ("prefill", "replicas"),
    pod.LLM_SCHEDULER: ("router", "scheduler", "replicas"),
}
_UNKNOWN = object()


def _replicas(snapshot: ServiceSnapshot, role: str) -> int | None:
    makers = groups_of(snapshot, role) or snapshot.deployments_of(role)
    found = [one.integer("spec", "replicas") for one in makers]
    return sum(1 if one is None else one for one in found) if found else None


def _pod_spec(snapshot: ServiceSnapshot, pods: _Pods) -> Mapping[str, Any]:
    groups = groups_of(snapshot, pods.role)
    if not groups:
        return {} if pods.is_worker else snapshot.template(pods.role)
    name = "workerTemplate" if pods.is_worker else "leaderTemplate"
    place = ("spec", "leaderWorkerTemplate")
    return groups[0].mapping(*place, name, "spec") or groups[0].mapping(*place, "workerTemplate", "spec")


def _at(value: object, path: Path) -> object | None:
    for part in path:
        name, _, key = part.removesuffix("]").partition("[")
        value = value.get(name) if isinstance(value, Mapping) else None
        if key:
            number = _place(value, name=name, key=key)
            value = value[number] if number is not None and isinstance(value, list) else None
    return value


def _place(items: object, *, name: str, key: str) -> int | None:
    """Where the item of that key stands in a list called ``name``."""
    by = _MERGE_KEYS.get(name, "")
    found = items if isinstance(items, list) else []
    return next(
        (number for number, one in enumerate(found) if isinstance(one, Mapping) and str(one.get(by)) == key),
        None,
    )


def _is_same(wanted: object, made: object) -> bool:
    """Numbers and quantities are the same however they are written."""
    if wanted == made:
        return True
    numbers = quantity(wanted), quantity(made)
    return numbers[0] is not None and numbers[0] == numbers[1]


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, str(key)))
    elif isinstance(value, list) and (named := _named(value, path)) is not None:
        for name, item in named:
            yield from _leaves(item, (*path[:-1], f"{path[-1]}[{name}]"))
    elif value is not None and path:
        yield path, value


def _named(value: list[Any], path: Path) -> list[tuple[str, Mapping[str, Any]]] | None:
    """The items of a list that is merged by a key, with that key's values; None for one that is replaced."""
    key = _MERGE_KEYS.get(path[-1]) if path else None
    if key is None or not value or not all(isinstance(one, Mapping) and one.get(key) for one in value):
        return None
    return [
        (str(one[key]), {name: below for name, below in one.items() if name != key} or one) for one in value
    ]
