"""Standard mode cannot scale on …: CPU is used instead, with a target of 80 percent."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        metric = component.get("scaleMetric")
        if (
            doc.is_standard(document)
            and metric in {"concurrency", "rps"}
            and doc.annotation(document, doc.AUTOSCALER) != "keda"
        ):
            field = (*path, "scaleMetric")
            yield Hit(field, {"metric": str(metric)}, (Change(field, "cpu"),))


CHECK = Check(
    id="metric-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text(
        "Standard mode cannot scale on {metric}: CPU is used instead, with a target of 80 percent."
    ),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go",
    look=_look,
)
