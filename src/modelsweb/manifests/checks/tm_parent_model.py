"""The model would never be loaded: … has a model of its own, and serves no others."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology import predictor


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    parent = document.string("spec", "inferenceService")
    for one in (*(facts.services or ()), *facts.documents):
        if one.kind == "InferenceService" and one.name == parent and predictor.storage_uri(one):
            yield Hit(("spec", "inferenceService"), {"parent": parent})
            return


CHECK = Check(
    id="tm-parent-model",
    level=Level.BROKEN,
    kinds=("TrainedModel",),
    sentence=text("The model would never be loaded: {parent} has a model of its own, and serves no others."),
    source=KSERVE + "pkg/controller/v1alpha1/trainedmodel/controller.go",
    look=_look,
)
