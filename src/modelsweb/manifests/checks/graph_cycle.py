"""The node … leads back to itself: a request would never end."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import reached, targets


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = document.mapping("spec", "nodes")
    ways = {str(name): targets(node) for name, node in nodes.items()}
    for name, steps in ways.items():
        if name in reached(ways, steps):
            yield Hit(("spec", "nodes", name), {"node": name})


CHECK = Check(
    id="graph-cycle",
    level=Level.BROKEN,
    kinds=("InferenceGraph",),
    sentence=text("The node {node} leads back to itself: a request would never end."),
    source=KSERVE + "cmd/router/main.go",
    look=_look,
)
