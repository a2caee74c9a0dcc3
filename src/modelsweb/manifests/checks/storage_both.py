"""Both storage and storageUri are given; KServe refuses that when it starts the service."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = document.mapping(*doc.MODEL)
    if given.get("storage") and given.get("storageUri"):
        yield Hit((*doc.MODEL, "storage"), fix=(Change((*doc.MODEL, "storage"), None),))


CHECK = Check(
    id="storage-both",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("Both storage and storageUri are given; KServe refuses that when it starts the service."),
    source=KSERVE + "pkg/webhook/admission/pod/storage_initializer_injector.go",
    look=_look,
)
