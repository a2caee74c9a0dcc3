"""Knative ignores workerSpec: the workers are never started."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if doc.is_knative(document) and document.mapping(*doc.PREDICTOR).get("workerSpec") is not None:
        yield Hit((*doc.PREDICTOR, "workerSpec"), fix=(Change(doc.MODE, "Standard"),))


CHECK = Check(
    id="worker-knative",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("Knative ignores workerSpec: the workers are never started."),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/components/predictor.go",
    look=_look,
)
