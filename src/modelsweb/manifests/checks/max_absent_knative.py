"""Without maxReplicas Knative scales the … without limit."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if doc.is_knative(document) and not component.get("maxReplicas"):
            yield Hit(path, {"component": str(path[-1])})


CHECK = Check(
    id="max-absent-knative",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text("Without maxReplicas Knative scales the {component} without limit."),
    source="https://knative.dev/docs/serving/autoscaling/scale-bounds/",
    look=_look,
)
