"""The graph that a router runs. KServe writes it into the arguments of the pods, and leaves these as they are while a step of a changed
graph calls a service that is not ready.

https://github.com/kserve/kserve/blob/master/pkg/controller/v1alpha1/inferencegraph/raw_ig.go
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from modelsweb.objects.obj import Obj, once
from modelsweb.topology.graph_steps import called_services
from modelsweb.topology.pod import GRAPH_ROUTER
from modelsweb.topology.service_snapshot import ServiceSnapshot

_FLAG = "--graph-json"


def graph_before(snapshot: ServiceSnapshot) -> Obj | None:
    """The graph that the router's pods answer by, where it is another than the one that is asked for; None where it is the same, where
    they run several, and where nothing tells."""
    running = [_running(pod) for pod in snapshot.ready_pods(GRAPH_ROUTER)]
    if not running or running[0] is None or any(one != running[0] for one in running):
        return None
    spec = running[0]
    if _plain(spec["nodes"]) == _plain(snapshot.service.mapping("spec", "nodes")):
        return None
    return Obj({**snapshot.service.raw, "spec": spec})


def states_for(graph: Obj, snapshot: ServiceSnapshot) -> Mapping[str, str] | None:
    """The states of the services that a graph calls: unknown of those that the graph that is asked for does not call."""
    if snapshot.neighbours is None:
        return None
    unknown = called_services(graph) - called_services(snapshot.service)
    return {**dict.fromkeys(unknown, ""), **snapshot.neighbours}


@once
def _running(pod: Obj) -> dict[str, Any] | None:
    """The graph in the arguments of a router's pod; None where there is none that can be read."""
    try:
        found = msgspec.json.decode(_argument(pod))
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("nodes"), dict) else None


def _argument(pod: Obj) -> str:
    for container in pod.items("spec", "containers"):
        given = container.get("args")
        words = [str(one) for one in given] if isinstance(given, list) else []
        for word, after in zip(words, [*words[1:], ""], strict=False):
            if word == _FLAG:
                return after
            if word.startswith(f"{_FLAG}="):
                return word.partition("=")[2]
    return ""


def _plain(value: Any) -> Any:
    """Without what KServe adds: the address of a service that is named, and what is empty."""
    if isinstance(value, Mapping):
        drop = {"serviceUrl"} if value.get("serviceName") else set()
        plain = {str(key): _plain(one) for key, one in value.items() if key not in drop}
        return {key: one for key, one in plain.items() if one not in (None, "", {}, [])}
    return [_plain(one) for one in value] if isinstance(value, list) else value
