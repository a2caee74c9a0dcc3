"""Knative is not installed on this cluster: nothing would ever start."""

from collections.abc import Iterator

from modelsweb.kinds import KNATIVE_SERVICE
from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if doc.is_knative(document) and facts.has(KNATIVE_SERVICE) is False:
        yield Hit(doc.MODE, fix=(Change(doc.MODE, "Standard"),))


CHECK = Check(
    id="mode-absent",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("Knative is not installed on this cluster: nothing would ever start."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/controller.go",
    look=_look,
)
