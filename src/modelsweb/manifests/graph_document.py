"""The nodes of an InferenceGraph as its author wrote them, and where their steps lead."""

from collections.abc import Iterable, Mapping
from typing import Any

from modelsweb.objects.obj import Obj


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
