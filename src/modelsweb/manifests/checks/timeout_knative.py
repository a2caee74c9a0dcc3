"""Knative refuses timeouts above … seconds unless its administrators raised max-revision-timeout-seconds."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.service_document import components, is_knative
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_MAX = 600


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in components(document):
        seconds = component.get("timeout")
        if is_knative(document) and isinstance(seconds, int) and seconds > _MAX:
            yield Hit((*path, "timeout"), {"max": _MAX})


CHECK = Check(
    id="timeout-knative",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "Knative refuses timeouts above {max} seconds unless its administrators raised max-revision-timeout-seconds."
    ),
    source="https://knative.dev/docs/serving/configuration/config-defaults/",
    look=_look,
)
