"""Both replicas and scaling are given; one of them must go."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    spec = document.mapping("spec")
    if spec.get("replicas") is not None and spec.get("scaling") is not None:
        yield Hit(("spec", "replicas"), fix=(Change(("spec", "replicas"), None),))


CHECK = Check(
    id="llm-replicas",
    level=Level.REFUSED,
    kinds=("LLMInferenceService",),
    sentence=text("Both replicas and scaling are given; one of them must go."),
    source=KSERVE + "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go",
    look=_look,
)
