"""What caches, node groups and storage containers hold: facts, the nodes of a cache, and who uses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelsweb.kinds import (
    CLUSTER_STORAGE_CONTAINER,
    INFERENCE_SERVICE,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    LOCAL_MODEL_NODE_GROUP,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import Text, text
from modelsweb.topology.health import Mood
from modelsweb.topology.model_cache import NodeState, nodes_of, users_of
from modelsweb.topology.storage_container import formats, workload

NODE_STATES: Mapping[NodeState, tuple[Mood, Text]] = {
    NodeState.NOT_READY: (Mood.BAD, text("Node not ready")),
    NodeState.PENDING: (Mood.WAITING, text("Waits for its download")),
    NodeState.DOWNLOADING: (Mood.WAITING, text("Downloads; progress not reported")),
    NodeState.DOWNLOADED: (Mood.GOOD, text("Holds the model")),
    NodeState.ERROR: (Mood.BAD, text("Download failed")),
    NodeState.OTHER: (Mood.NEUTRAL, text("Unknown state")),
}
"""How a cache is on a node."""
WORKLOADS: Mapping[str, Text] = {
    "initContainer": text("Downloads before a model server starts"),
    "localModelDownloadJob": text("Downloads into model caches"),
}
"""What a storage container can be for, by KServe's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFact:
    """A name with the values of the object; ``words`` are ours for it, where we know what it means."""

    label: Text
    values: tuple[str, ...] = ()
    words: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheNode:
    """A node that is to hold the model."""

    name: str
    mood: Mood
    state: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheReader:
    """A service that uses the cache; ``plural`` is that of its page, empty for an InferenceService."""

    kind: str
    plural: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageOverview:
    """The part of the page. ``nodes`` and ``readers`` are None for what is no cache."""

    facts: tuple[StorageFact, ...]
    nodes: tuple[CacheNode, ...] | None = None
    readers: tuple[CacheReader, ...] | None = None
    note: Text | None = None


def storage_overview(kind: Kind, obj: Obj) -> StorageOverview | None:
    """What is special about an object of one of these kinds; None for any other."""
    make = _OVERVIEWS.get(kind)
    return make(obj) if make is not None else None


def _cache(cache: Obj) -> StorageOverview:
    return StorageOverview(
        facts=_facts(
            (text("Model address"), [cache.string("spec", "sourceModelUri")]),
            (text("Model size"), [cache.amount("spec", "modelSize")]),
            (text("Node groups"), _words_at(cache, "spec", "nodeGroups")),
            (text("Service account"), [cache.string("spec", "serviceAccountName")]),
            (text("Credentials"), [cache.string("spec", "storage", "key")]),
        ),
        nodes=tuple(
            CacheNode(name=name, mood=NODE_STATES[state][0], state=NODE_STATES[state][1])
            for name, state in nodes_of(cache)
        ),
        readers=tuple(
            CacheReader(
                kind=one.kind.kind,
                plural="" if one.kind is INFERENCE_SERVICE else one.kind.plural,
                namespace=one.namespace,
                name=one.name,
            )
            for one in users_of(cache)
        ),
    )


def _node_group(group: Obj) -> StorageOverview:
    volume = ("spec", "persistentVolumeSpec")
    path = group.string(*volume, "local", "path") or group.string(*volume, "hostPath", "path")
    return StorageOverview(
        facts=_facts(
            (text("Storage limit"), [group.amount("spec", "storageLimit")]),
            (text("Capacity of its volume"), [group.amount(*volume, "capacity", "storage")]),
            (text("Path on the nodes"), [path]),
            (text("Storage class"), [group.string(*volume, "storageClassName")]),
            (text("Access modes"), _words_at(group, *volume, "accessModes")),
        )
    )


def _container(container: Obj) -> StorageOverview:
    work, given = workload(container), formats(container)
    return StorageOverview(
        facts=(
            StorageFact(label=text("Work"), values=(work,), words=WORKLOADS.get(work)),
            *_facts(
                (text("Prefixes"), [value for form, value in given if form == "prefix"]),
                (text("Patterns"), [value for form, value in given if form == "regex"]),
                (text("Image"), [container.string("spec", "container", "image")]),
            ),
        ),
        note=text("LLM services do not use storage containers."),
    )


def _words_at(obj: Obj, *path: str) -> list[str]:
    given = dig(obj.raw, *path)
    return list(map(str, given)) if isinstance(given, list) else []


def _facts(*given: tuple[Text, list[str]]) -> tuple[StorageFact, ...]:
    """Those of which something is said."""
    said = [(label, tuple(filter(None, values))) for label, values in given]
    return tuple(StorageFact(label=label, values=values) for label, values in said if values)


_OVERVIEWS: Mapping[Kind, Callable[[Obj], StorageOverview]] = {
    LOCAL_MODEL_CACHE: _cache,
    LOCAL_MODEL_NAMESPACE_CACHE: _cache,
    LOCAL_MODEL_NODE_GROUP: _node_group,
    CLUSTER_STORAGE_CONTAINER: _container,
}
