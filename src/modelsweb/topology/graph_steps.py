"""The nodes of an InferenceGraph, their steps, and where these lead."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelsweb.objects.obj import Obj


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
