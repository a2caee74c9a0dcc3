"""No controller reads scaleMetricType."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if component.get("scaleMetricType") is not None:
            field = (*path, "scaleMetricType")
            yield Hit(field, fix=(Change(field, None),))


CHECK = Check(
    id="scale-metric-type",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("No controller reads scaleMetricType."),
    source=KSERVE + "pkg/apis/serving/v1beta1/component.go",
    look=_look,
)
