"""The nodes of an InferenceGraph, their steps, and where these lead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.topology.neighbour_states import DELETING, DOWN

ROOT = "root"
THROUGH_ALL = ("Sequence", "Ensemble")
"""A request takes all steps of such a node."""


def steps(graph: Obj) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Each step of each node with the path of its field: the third of its steps is the node's name."""
    for name, node in graph.mapping("spec", "nodes").items():
        for number, step in enumerate(Obj(node).items("steps")):
            yield ("spec", "nodes", str(name), "steps", number), step


def targets(node: Any) -> frozenset[str]:
    """The nodes to which a node's steps lead."""
    return frozenset(str(step["nodeName"]) for step in Obj(node).items("steps") if step.get("nodeName"))


def reached(ways: Mapping[str, frozenset[str]], start: Iterable[str]) -> frozenset[str]:
    """All nodes that can be reached from some, these among them."""
    found: set[str] = set()
    open_ = list(start)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += ways.get(name, ())
    return frozenset(found)


def ways(graph: Obj) -> dict[str, frozenset[str]]:
    """The nodes of a graph, each with those to which its steps lead, be they there or not."""
    return {str(name): targets(node) for name, node in graph.mapping("spec", "nodes").items()}


def used(graph: Obj) -> frozenset[str]:
    """The nodes that requests can reach from the root."""
    return reached(ways(graph), (ROOT,))


def taken_steps(graph: Obj) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """The steps that some request can take, each with the path of its field."""
    there = used(graph)
    for path, step in steps(graph):
        node = str(path[2])
        if node in there and is_taken(graph.string("spec", "nodes", node, "routerType"), step):
            yield path, step


def fails(graph: Obj, services: Mapping[str, str] | None) -> bool:
    """Every request fails: a step that all of them take fails, or all steps of which one is taken. ``services`` are the states of the
    services that it calls, by name, None where they may not be seen.

    https://github.com/kserve/kserve/blob/master/cmd/router/main.go
    """
    nodes = {str(name): Obj(node) for name, node in graph.mapping("spec", "nodes").items()}
    callers: defaultdict[str, set[str]] = defaultdict(set)
    for name, leads_to in ways(graph).items():
        for target in leads_to:
            callers[target].add(name)
    failing = {target for target in callers if target not in nodes}
    open_ = {*nodes}
    while open_:
        name = open_.pop()
        if name not in failing and _node_fails(nodes[name], services, failing=failing):
            failing.add(name)
            open_ |= callers[name]
    return ROOT in failing


def _node_fails(node: Obj, services: Mapping[str, str] | None, *, failing: set[str]) -> bool:
    router = node.string("routerType")
    own = [step for step in node.items("steps") if is_taken(router, step)]
    if router in THROUGH_ALL:
        own = [step for step in own if is_hard(step) and not step.get("condition")]
        return any(_step_fails(step, services, failing=failing) for step in own)
    return bool(own) and all(_step_fails(step, services, failing=failing) for step in own)


def _step_fails(step: Mapping[str, Any], services: Mapping[str, str] | None, *, failing: set[str]) -> bool:
    if step.get("nodeName"):
        return str(step["nodeName"]) in failing
    name = str(step.get("serviceName") or "")
    return bool(name) and services is not None and services.get(name, DELETING) in DOWN


def is_taken(router: str, step: Mapping[str, Any]) -> bool:
    """Some request takes the step: a splitter sends none where the weight is 0."""
    return router != "Splitter" or step.get("weight") != 0


def cycle(graph: Obj) -> tuple[str, ...]:
    """The names of nodes that lead back to the first of them, of those that requests reach; empty where none do."""
    leads_to = ways(graph)
    done: set[str] = set()
    trail: list[str] = []
    open_: list[tuple[str, int]] = [(ROOT, 0)]
    while open_:
        name, depth = open_.pop()
        del trail[depth:]
        if name in trail:
            return (*trail[trail.index(name) :], name)
        trail.append(name)
        if name not in done:
            open_ += [(other, depth + 1) for other in sorted(leads_to.get(name, ()))]
            done.add(name)
    return ()


def step_word(step: Mapping[str, Any], number: int) -> str:
    """What a step is called: its own name, else its place."""
    return str(step.get("name") or number)


def is_hard(step: Mapping[str, Any]) -> bool:
    """A failure of the step is that of the whole (https://kserve.github.io/website/docs/model-serving/inferencegraph/overview)."""
    return step.get("dependency") == "Hard"


def called_services(graph: Obj) -> frozenset[str]:
    """The names of the services that its steps call."""
    return frozenset(str(step["serviceName"]) for _, step in steps(graph) if step.get("serviceName"))
