"""PYTHONPATH is not allowed in a container; KServe refuses it for security reasons."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, container in doc.containers(document):
        for number, name, _ in doc.environment(container):
            if name == "PYTHONPATH":
                yield Hit((*path, "env", number))


CHECK = Check(
    id="pythonpath",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("PYTHONPATH is not allowed in a container; KServe refuses it for security reasons."),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
