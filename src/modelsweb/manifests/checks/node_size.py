"""One replica is larger than any node; an autoscaler of nodes may bring one."""

from collections.abc import Iterator

from modelsweb.manifests.capacity import ask, most_of, usable
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import written
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = ask(document, facts)
    if asked is None or not facts.nodes:
        return
    for resource in ("cpu", "memory"):
        number, largest = asked.scheduled.get(resource, 0.0), most_of(usable(facts.nodes), resource)
        if number > largest:
            is_bytes = resource == "memory"
            values = {
                "resource": resource,
                "wanted": written(number, is_bytes=is_bytes),
                "largest": written(largest, is_bytes=is_bytes),
            }
            yield Hit((*asked.path, "resources"), values)


CHECK = Check(
    id="node-size",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "One replica asks for {wanted} {resource}; the largest node that is there now has {largest}. Without another node the pods stay Pending."
    ),
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    look=_look,
)
