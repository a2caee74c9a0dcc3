"""What an LLM service is made of: its spec over the configurations that KServe combines it with, each value with its source.

KServe merges them as strategic merge patches (``pkg/controller/v1alpha2/llmisvc/config_merge.go``): later ones win, the service over all;
maps are joined, lists of containers and the like by the key of their items, other lists are replaced.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import is_same as is_same_amount
from modelsweb.topology import pod
from modelsweb.topology.llm_service import applied_configs, groups_of
from modelsweb.topology.service_snapshot import ServiceSnapshot

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
}
"""How Kubernetes tells the items of a list apart (``patchMergeKey`` in ``k8s.io/api/core/v1``)."""
_ONLY_IN_SERVICES = {"baseRefs"}
_FALSE_IS_UNSET = {"hostNetwork", "hostPID", "hostIPC", "readOnly", "stdin", "stdinOnce", "tty"}
_ZERO_IS_UNSET = {
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
    "hostPort",
}
"""Fields that Go leaves out where they are false or zero; of others that means something."""
_AMOUNTS = {"limits", "requests", "sizeLimit", "storage"}

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
        return "{{" in str(self.value) or any("{{" in part for part in self.path)


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

    An empty map adds nothing to one that has fields, and what Go leaves out of JSON takes nothing back; a value replaces fields that
    stand below it, and the other way round.
    """
    given: dict[Path, list[tuple[Layer, object]]] = {}
    parents: Counter[Path] = Counter()
    """How many of those stand below a path."""
    for layer in found:
        own = {
            path: value
            for path, value in _leaves(layer.spec or {}, ())
            if path[0] not in _ONLY_IN_SERVICES or not layer.source
        }
        for path, value in own.items():
            if is_unset(path, value) and (path in given or parents[path]):
                continue
            below = [known for known in given if known[: len(path)] == path] if parents[path] else []
            above = [one for one in _parents(path) if one in given]
            for replaced in (*below, *above):
                if replaced != path:
                    del given[replaced]
                    parents.subtract(_parents(replaced))
            if path not in given:
                parents.update(_parents(path))
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
        number = _places(value, name).get(key) if key else None
        steps.append(name if number is None or number < 0 else f"{name}[{number}]")
        if number is not None and number >= 0 and isinstance(value, list):
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


class Made:
    """What the service's Deployments, or its groups of pods, have."""

    def __init__(self, snapshot: ServiceSnapshot) -> None:
        self._snapshot = snapshot
        self._specs: dict[_Pods, Mapping[str, Any]] = {}
        self._places: dict[tuple[int, str], dict[str, int]] = {}

    def evidence(self, field: EffectiveField) -> Evidence:
        """A value held against what stands in its place."""
        if field.path[-1] == "replicas":
            role = next((role for role, path in _REPLICAS.items() if path == field.path), None)
            found = None if role is None else _replicas(self._snapshot, role)
            made = _UNKNOWN if found is None else found
        elif any("{{" in part for part in field.path):
            made = _UNKNOWN
        else:
            made = self._at(field.path)
        if made is _UNKNOWN or field.value == {}:
            return Evidence(held=Held.UNKNOWN)
        if made is None:
            is_nothing = is_unset(field.path, field.value)
            return Evidence(held=Held.SAME if is_nothing else Held.ABSENT)
        is_amount = not _AMOUNTS.isdisjoint(field.path)
        is_same = is_same_amount(field.value, made) if is_amount else _holds(made, field.value)
        return Evidence(held=Held.SAME if is_same else Held.OTHER, value=made)

    def _at(self, path: Path) -> object:
        pods = next((one for one in _PODS if path[: len(one.path)] == one.path), None)
        if pods is None:
            return _UNKNOWN
        if pods not in self._specs:
            self._specs[pods] = _pod_spec(self._snapshot, pods)
        value: object = self._specs[pods] or _UNKNOWN
        for part in path[len(pods.path) :]:
            name, _, key = part.removesuffix("]").partition("[")
            if value is _UNKNOWN:
                return value
            value = value.get(name) if isinstance(value, Mapping) else None
            if key and isinstance(value, list):
                value = self._item(value, name, key=key)
        return value

    def _item(self, items: list[Any], name: str, *, key: str) -> object:
        known = (id(items), name)
        if known not in self._places:
            self._places[known] = _places(items, name)
        number = self._places[known].get(key)
        if number is None:
            return None
        return items[number] if number >= 0 else _UNKNOWN


def is_unset(path: Path, value: object) -> bool:
    """It says nothing: Go leaves it out of JSON, and so it is there as if it were not."""
    if value is False:
        return path[-1] in _FALSE_IS_UNSET
    if value == 0 and isinstance(value, int):
        return path[-1] in _ZERO_IS_UNSET
    return value in ("", [], {})


def _holds(made: object, wanted: object) -> bool:
    """All that is wanted stands there; what the API server fills in besides does not count."""
    if isinstance(wanted, Mapping):
        return isinstance(made, Mapping) and all(_holds(made.get(key), one) for key, one in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(made, list)
            and len(made) == len(wanted)
            and all(_holds(mine, theirs) for mine, theirs in zip(made, wanted, strict=True))
        )
    return made == wanted


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


def _places(items: object, name: str) -> dict[str, int]:
    """Where the items of a list called ``name`` stand, by their keys; below zero where several have one key."""
    by = MERGE_KEYS.get(name, "")
    found: dict[str, int] = {}
    for number, one in enumerate(items if isinstance(items, list) else []):
        if isinstance(one, Mapping) and one.get(by) is not None:
            key = str(one[by])
            found[key] = -1 if key in found else number
    return found


def _parents(path: Path) -> list[Path]:
    return [path[:length] for length in range(1, len(path))]


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
    key = MERGE_KEYS.get(path[-1]) if path else None
    if key is None or not value or not all(isinstance(one, Mapping) and one.get(key) for one in value):
        return None
    if len({str(one[key]) for one in value}) < len(value):
        return None
    return [
        (str(one[key]), {name: below for name, below in one.items() if name != key} or one) for one in value
    ]
