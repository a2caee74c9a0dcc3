"""Each LoRA adapter needs a name of its own, other than that of the model; … is taken."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    seen = {document.string("spec", "model", "name")} - {""}
    for number, one in enumerate(document.items("spec", "model", "lora", "adapters")):
        name = str(one.get("name") or "")
        if not name or name in seen:
            yield Hit(("spec", "model", "lora", "adapters", number), {"name": name or "–"})
        seen.add(name)


CHECK = Check(
    id="llm-lora-name",
    level=Level.REFUSED,
    kinds=("LLMInferenceService",),
    sentence=text(
        "Each LoRA adapter needs a name of its own, other than that of the model; {name} is taken."
    ),
    source=KSERVE + "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go",
    look=_look,
)
