"""SGLang does not take … here: the server crashes, or vLLM runs in its place."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text

_PARTS = (("spec", "model", "lora"), ("spec", "tracing"), ("spec", "prefill"), ("spec", "worker"))


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if "sglang" not in document.string("spec", "runtime").lower():
        return
    for path in _PARTS:
        if dig(document.raw, *path) is not None:
            yield Hit(path, {"part": path[-1]})


CHECK = Check(
    id="llm-sglang",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text("SGLang does not take {part} here: the server crashes, or vLLM runs in its place."),
    source="https://github.com/kserve/kserve/issues/6250",
    look=_look,
)
