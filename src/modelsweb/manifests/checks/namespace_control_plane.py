"""KServe's webhook passes over pods of namespaces with the label control-plane."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_LABEL = "control-plane"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.place is None or _LABEL not in facts.place.labels:
        return
    path = next((path for path, uri in storage_addresses(document) if not uri.startswith("pvc://")), None)
    if path is not None or document.mapping(*doc.MODEL).get("storage"):
        yield Hit(path or (*doc.MODEL, "storage"), {"namespace": facts.namespace})


CHECK = Check(
    id="namespace-control-plane",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "Namespace {namespace} has the label control-plane: KServe skips its pods, and the model is never downloaded."
    ),
    source="https://github.com/kserve/kserve/blob/master/config/webhook/manifests.yaml",
    look=_look,
)
