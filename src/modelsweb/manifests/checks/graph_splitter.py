"""The weights of the splitter … must add up to 100; they are …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for name, node in document.mapping("spec", "nodes").items():
        if Obj(node).string("routerType") != "Splitter":
            continue
        weights = [one.get("weight") for one in Obj(node).items("steps")]
        total = sum(one for one in weights if isinstance(one, int))
        if total != 100:
            yield Hit(("spec", "nodes", str(name)), {"node": str(name), "sum": total})


CHECK = Check(
    id="graph-splitter",
    level=Level.REFUSED,
    kinds=("InferenceGraph",),
    sentence=text("The weights of the splitter {node} must add up to 100; they are {sum}."),
    source=KSERVE + "pkg/apis/serving/v1alpha1/inference_graph_validation.go",
    look=_look,
)
