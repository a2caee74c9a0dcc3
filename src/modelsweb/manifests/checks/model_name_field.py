"""predictor.….name is refused: KServe names that container itself."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import FRAMEWORKS


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping(*doc.PREDICTOR)
    for form in ("model", *FRAMEWORKS):
        if isinstance(given.get(form), dict) and given[form].get("name"):
            path = (*doc.PREDICTOR, form, "name")
            yield Hit(path, {"form": form}, (Change(path, None),))


CHECK = Check(
    id="model-name-field",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("predictor.{form}.name is refused: KServe names that container itself."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
