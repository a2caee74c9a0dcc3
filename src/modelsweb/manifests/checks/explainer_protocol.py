"""Explainers speak v1 only, and the predictor is asked for …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    protocol = document.string(*doc.MODEL, "protocolVersion")
    if document.mapping("spec", "explainer") and protocol not in {"", "v1"}:
        yield Hit(
            (*doc.MODEL, "protocolVersion"),
            {"protocol": protocol},
            (Change((*doc.MODEL, "protocolVersion"), "v1"),),
        )


CHECK = Check(
    id="explainer-protocol",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("Explainers speak v1 only, and the predictor is asked for {protocol}."),
    source=KSERVE + "pkg/apis/serving/v1beta1/explainer.go",
    look=_look,
)
