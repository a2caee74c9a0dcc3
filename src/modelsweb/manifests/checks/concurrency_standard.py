"""containerConcurrency limits nothing in Standard mode."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if doc.is_standard(document) and component.get("containerConcurrency") is not None:
            field = (*path, "containerConcurrency")
            yield Hit(field, fix=(Change(field, None),))


CHECK = Check(
    id="concurrency-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text("containerConcurrency limits nothing in Standard mode."),
    source=KSERVE + "pkg/apis/serving/v1beta1/component.go",
    look=_look,
)
