"""Both predictor.model and predictor.… are given: … takes the place of model, whose settings are lost without a word."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import FRAMEWORKS


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping(*doc.PREDICTOR)
    for framework in FRAMEWORKS:
        if framework in given and "model" in given:
            path = (*doc.PREDICTOR, framework)
            yield Hit(path, {"framework": framework}, (Change(path, None),))


CHECK = Check(
    id="two-models",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "Both predictor.model and predictor.{framework} are given: {framework} takes the place of model, whose settings are lost without a word."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_defaults.go",
    look=_look,
)
