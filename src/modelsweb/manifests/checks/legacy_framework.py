"""predictor.… is the older form: the service comes back with predictor.model and the format …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import FRAMEWORKS


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping(*doc.PREDICTOR)
    for framework in FRAMEWORKS:
        if framework in given and "model" not in given:
            yield Hit((*doc.PREDICTOR, framework), {"framework": framework})


CHECK = Check(
    id="legacy-framework",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "predictor.{framework} is the older form: the service comes back with predictor.model and the format {framework}."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_defaults.go",
    look=_look,
)
