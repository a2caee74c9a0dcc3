"""The graph needs a node called root: requests enter there."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = document.mapping("spec", "nodes")
    if nodes and "root" not in nodes:
        yield Hit(("spec", "nodes"))


CHECK = Check(
    id="graph-root",
    level=Level.REFUSED,
    kinds=("InferenceGraph",),
    sentence=text("The graph needs a node called root: requests enter there."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
