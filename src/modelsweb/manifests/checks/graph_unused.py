"""No step leads to the node …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import reached, targets


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = document.mapping("spec", "nodes")
    ways = {str(name): targets(node) for name, node in nodes.items()}
    if "root" not in ways:
        return
    used = reached(ways, frozenset({"root"}))
    for name in ways:
        if name not in used:
            path = ("spec", "nodes", name)
            yield Hit(path, {"node": name}, (Change(path, None),))


CHECK = Check(
    id="graph-unused",
    level=Level.NOTE,
    kinds=("InferenceGraph",),
    sentence=text("No step leads to the node {node}."),
    source=KSERVE + "cmd/router/main.go",
    look=_look,
)
