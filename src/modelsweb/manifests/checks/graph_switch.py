"""No step of the switch … is without a condition: requests that match none are answered 404."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for name, node in document.mapping("spec", "nodes").items():
        steps = list(Obj(node).items("steps"))
        if (
            Obj(node).string("routerType") == "Switch"
            and steps
            and all(one.get("condition") for one in steps)
        ):
            yield Hit(("spec", "nodes", str(name)), {"node": str(name)})


CHECK = Check(
    id="graph-switch",
    level=Level.NOTE,
    kinds=("InferenceGraph",),
    sentence=text(
        "No step of the switch {node} is without a condition: requests that match none are answered 404."
    ),
    source=KSERVE + "cmd/router/main.go",
    look=_look,
)
