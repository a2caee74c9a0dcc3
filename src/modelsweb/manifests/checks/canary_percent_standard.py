"""KServe ignores canaryTrafficPercent in Standard mode: the new version gets all requests at once."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        if doc.is_standard(document) and component.get("canaryTrafficPercent") is not None:
            field = (*path, "canaryTrafficPercent")
            yield Hit(field, fix=(Change(field, None),))


CHECK = Check(
    id="canary-percent-standard",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text(
        "KServe ignores canaryTrafficPercent in Standard mode: the new version gets all requests at once."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/component.go",
    look=_look,
)
