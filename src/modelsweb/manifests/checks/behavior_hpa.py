"""autoScaling.behavior is read for KEDA only; the HPA keeps its own."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if (
            Obj(component).mapping("autoScaling", "behavior")
            and doc.annotation(document, doc.AUTOSCALER) in {"", "hpa"}
            and doc.is_standard(document)
        ):
            field = (*path, "autoScaling", "behavior")
            yield Hit(field, fix=(Change(field, None),))


CHECK = Check(
    id="behavior-hpa",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("autoScaling.behavior is read for KEDA only; the HPA keeps its own."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go",
    look=_look,
)
