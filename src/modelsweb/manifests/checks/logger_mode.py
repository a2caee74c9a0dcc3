"""The logger needs a mode: all, request or response. KServe refuses it without one, although its documentation names all as the default."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        logger = component.get("logger")
        if isinstance(logger, dict) and logger.get("mode") not in {"all", "request", "response"}:
            yield Hit((*path, "logger"), fix=(Change((*path, "logger", "mode"), "all"),))


CHECK = Check(
    id="logger-mode",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text(
        "The logger needs a mode: all, request or response. KServe refuses it without one, although its documentation names all as the default."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
