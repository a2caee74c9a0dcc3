"""A predictor that names nothing to run: KServe's webhook crashes on it."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    spec = document.mapping("spec")
    predictor = dig(spec, "predictor")
    if not spec or predictor is None or predictor == {}:
        yield Hit(doc.PREDICTOR if "predictor" in spec else ("spec",))


CHECK = Check(
    id="predictor-empty",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "The predictor is empty: name a model or a container to run. KServe's webhook crashes on it."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_defaults.go",
    look=_look,
)
