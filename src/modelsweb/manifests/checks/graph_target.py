"""There is no service … in this namespace, and KServe says nothing about that."""

from collections.abc import Iterator
from difflib import get_close_matches

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.graph_steps import steps

_MAX_ASKED = 3


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.services is None:
        return
    known = {one.name for one in facts.services} | {
        one.name for one in facts.documents if one.kind == "InferenceService"
    }
    asked = 0
    for place, step in steps(document):
        service = step.get("serviceName")
        if service and service not in known:
            path = (*place, "serviceName")
            asked += 1  # each question takes 50 ms among a thousand names
            near = get_close_matches(str(service), known, 1) if asked <= _MAX_ASKED else []
            yield Hit(path, {"service": str(service)}, (Change(path, near[0]),) if near else ())


CHECK = Check(
    id="graph-target",
    level=Level.BROKEN,
    kinds=("InferenceGraph",),
    sentence=text("There is no service {service} in this namespace, and KServe says nothing about that."),
    source=KSERVE + "pkg/controller/v1alpha1/inferencegraph/controller.go",
    look=_look,
)
