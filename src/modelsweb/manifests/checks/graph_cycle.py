"""The node … leads back to itself: a request would never end."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import reached, ways


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = ways(document)
    for name, leads_to in nodes.items():
        if name in reached(nodes, leads_to):
            yield Hit(("spec", "nodes", name), {"node": name})


CHECK = Check(
    id="graph-cycle",
    level=Level.BROKEN,
    kinds=("InferenceGraph",),
    sentence=text("The node {node} leads back to itself: a request would never end."),
    source=KSERVE + "cmd/router/main.go",
    look=_look,
)
