"""What a list says of an object of each kind beside its name: the one thing that its reader wants to know of it."""

from collections.abc import Callable, Iterable, Mapping

from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    CLUSTER_STORAGE_CONTAINER,
    INFERENCE_GRAPH,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    LOCAL_MODEL_NODE_GROUP,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import storage_container
from modelsweb.topology.graph_steps import called_services
from modelsweb.topology.serving_runtime import format_names


def _names(names: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(str(one) for one in names if one))


def _formats(runtime: Obj) -> str:
    return ", ".join(format_names(runtime))


def _addresses(container: Obj) -> str:
    return _names(value for _, value in storage_container.formats(container))


SUBJECTS: Mapping[Kind, tuple[Text, Callable[[Obj], str]]] = {
    INFERENCE_GRAPH: (text("Services that it calls"), lambda one: _names(called_services(one))),
    TRAINED_MODEL: (text("Held by"), lambda one: one.string("spec", "inferenceService")),
    SERVING_RUNTIME: (text("Model formats"), _formats),
    CLUSTER_SERVING_RUNTIME: (text("Model formats"), _formats),
    LOCAL_MODEL_CACHE: (text("Model"), lambda one: one.string("spec", "sourceModelUri")),
    LOCAL_MODEL_NAMESPACE_CACHE: (text("Model"), lambda one: one.string("spec", "sourceModelUri")),
    LOCAL_MODEL_NODE_GROUP: (text("Storage limit"), lambda one: one.amount("spec", "storageLimit")),
    CLUSTER_STORAGE_CONTAINER: (text("Addresses"), _addresses),
}
"""The title of the column, and what stands in it."""


def subject(kind: Kind, obj: Obj) -> str:
    """What the list of its kind says of an object; empty where it says nothing."""
    _, said = SUBJECTS.get(kind, (None, None))
    return said(obj) if said is not None else ""
