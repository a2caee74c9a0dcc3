"""The name is too long by …: KServe makes … of it, and fails after the service was accepted."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    namespace = facts.namespace or document.namespace
    if doc.is_knative(document):
        child, longest = f"{document.name}-predictor", 63
    else:
        suffix = "transformer" if document.mapping("spec", "transformer") else "predictor"
        child = f"{document.name}-{suffix}"
        if namespace:
            child = f"{child}-{namespace}"
        longest = 63
        label = f"isvc.{document.name}-{suffix}"
        if len(label) - longest > len(child) - longest:
            child = label
    if len(child) > longest:
        yield Hit(("metadata", "name"), {"over": len(child) - longest, "child": child})


CHECK = Check(
    id="name-length",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "The name is too long by {over}: KServe makes {child} of it, and fails after the service was accepted."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
