"""LLM services read models from hf, s3, pvc and oci; not from …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    uri = document.string("spec", "model", "uri")
    scheme, separator, _ = uri.partition("://")
    if separator and scheme not in {"hf", "s3", "pvc", "oci"}:
        yield Hit(("spec", "model", "uri"), {"scheme": scheme})


CHECK = Check(
    id="llm-scheme",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text("LLM services read models from hf, s3, pvc and oci; not from {scheme}."),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/workload_storage.go",
    look=_look,
)
