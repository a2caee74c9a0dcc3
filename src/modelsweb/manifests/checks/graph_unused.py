"""No step leads to the node …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import ROOT, used, ways


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    nodes = ways(document)
    if ROOT not in nodes:
        return
    there = used(document)
    for name in nodes:
        if name not in there:
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
