"""No node offers as many devices of the kind as one replica asks for; an autoscaler of nodes may bring one."""

from collections.abc import Iterator

from modelsweb.manifests.capacity import ask, most_of, usable
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.demand import is_device


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = ask(document, facts)
    if asked is None or not facts.nodes:
        return
    for device, number in asked.scheduled.items():
        largest = most_of(usable(facts.nodes), device)
        if is_device(device) and number > largest:
            field = "limits" if device in asked.limits else "requests"
            path = (*asked.path, "resources", field, device)
            yield Hit(path, {"device": device, "n": int(number), "largest": int(largest)})


CHECK = Check(
    id="gpu-none",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "No node that is there now offers {device}: {n} at once; the most that one has is {largest}. Without another node the pods stay Pending."
    ),
    source="https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/",
    look=_look,
)
