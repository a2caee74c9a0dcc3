"""… is in requests only. Devices must be in limits, where they count for both."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, container in doc.containers(document):
        resources = Obj(container).mapping("resources")
        for device, count in Obj(resources).mapping("requests").items():
            if "/" in str(device) and device not in Obj(resources).mapping("limits"):
                field = (*path, "resources", "requests", str(device))
                yield Hit(
                    field,
                    {"device": str(device)},
                    (Change((*path, "resources", "limits", str(device)), count),),
                )


CHECK = Check(
    id="gpu-limit",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("{device} is in requests only. Devices must be in limits, where they count for both."),
    source="https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/",
    look=_look,
)
