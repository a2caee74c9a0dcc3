"""Knative replaces pods by revisions; deploymentStrategy is refused there."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if doc.is_knative(document) and component.get("deploymentStrategy") is not None:
            field = (*path, "deploymentStrategy")
            yield Hit(field, fix=(Change(field, None),))


CHECK = Check(
    id="strategy-knative",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("Knative replaces pods by revisions; deploymentStrategy is refused there."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
