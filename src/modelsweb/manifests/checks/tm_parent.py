"""There is no service … in this namespace, so the model would never be loaded."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    parent = document.string("spec", "inferenceService")
    if not parent or facts.services is None:
        return
    known = {one.name: one for one in (*facts.services, *facts.documents) if one.kind == "InferenceService"}
    if parent not in known:
        yield Hit(("spec", "inferenceService"), {"parent": parent})


CHECK = Check(
    id="tm-parent",
    level=Level.BROKEN,
    kinds=("TrainedModel",),
    sentence=text("There is no service {parent} in this namespace, so the model would never be loaded."),
    source=KSERVE + "pkg/controller/v1alpha1/trainedmodel/controller.go",
    look=_look,
)
