"""What an LLM service is made of: its spec over the configurations that KServe combines it with, each value with its source.

KServe merges them as strategic merge patches (``pkg/controller/v1alpha2/llmisvc/config_merge.go``): later ones win, the service over all;
maps are joined, lists of containers and the like by the key of their items, other lists are replaced.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.topology.llm_service import applied_configs

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
