"""The node … has a step to …, which is no node of this graph."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = document.mapping("spec", "nodes")
    for name, node in nodes.items():
        for number, step in enumerate(Obj(node).items("steps")):
            target = step.get("nodeName")
            if target and target not in nodes:
                path = ("spec", "nodes", str(name), "steps", number, "nodeName")
                yield Hit(path, {"node": str(name), "target": str(target)})


CHECK = Check(
    id="graph-node-missing",
    level=Level.BROKEN,
    kinds=("InferenceGraph",),
    sentence=text("The node {node} has a step to {target}, which is no node of this graph."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
