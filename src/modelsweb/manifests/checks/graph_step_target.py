"""A step of the node … must name exactly one of nodeName, serviceName and serviceUrl."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for name, node in document.mapping("spec", "nodes").items():
        for number, step in enumerate(Obj(node).items("steps")):
            if sum(bool(step.get(key)) for key in ("nodeName", "serviceName", "serviceUrl")) != 1:
                yield Hit(("spec", "nodes", str(name), "steps", number), {"node": str(name)})


CHECK = Check(
    id="graph-step-target",
    level=Level.REFUSED,
    kinds=("InferenceGraph",),
    sentence=text("A step of the node {node} must name exactly one of nodeName, serviceName and serviceUrl."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
