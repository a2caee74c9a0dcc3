"""The node … has a step to …, which is no node of this graph."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import steps


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = document.mapping("spec", "nodes")
    for place, step in steps(document):
        target = step.get("nodeName")
        if target and target not in nodes:
            yield Hit((*place, "nodeName"), {"node": place[2], "target": str(target)})


CHECK = Check(
    id="graph-node-missing",
    level=Level.BROKEN,
    kinds=("InferenceGraph",),
    sentence=text("The node {node} has a step to {target}, which is no node of this graph."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
