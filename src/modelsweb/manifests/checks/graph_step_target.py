"""A step of the node … must name exactly one of nodeName, serviceName and serviceUrl."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import steps


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for place, step in steps(document):
        if sum(bool(step.get(key)) for key in ("nodeName", "serviceName", "serviceUrl")) != 1:
            yield Hit(place, {"node": place[2]})


CHECK = Check(
    id="graph-step-target",
    level=Level.REFUSED,
    kinds=("InferenceGraph",),
    sentence=text("A step of the node {node} must name exactly one of nodeName, serviceName and serviceUrl."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
