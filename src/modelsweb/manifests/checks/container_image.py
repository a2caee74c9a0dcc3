"""The container has no image, so its pods are never made."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        for number, one in enumerate(Obj(component).items("containers")):
            is_of_runtime = one.get("name") == "transformer-container" or component.get("model")
            if not one.get("image") and not is_of_runtime:
                yield Hit((*path, "containers", number))


CHECK = Check(
    id="container-image",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("The container has no image, so its pods are never made."),
    source="https://kubernetes.io/docs/concepts/containers/images/",
    look=_look,
)
