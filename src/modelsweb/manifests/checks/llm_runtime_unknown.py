"""A runtime of an LLM service that the cluster does not have: KServe runs vLLM in its place."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_RUNTIME = ("spec", "runtime")
_OF_KSERVE = frozenset({"kserve-llm-sglang", "kserve-llm-vllm"})
"""Those that presets of KServe are made for, whether or not the cluster lists them."""


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    name = document.string(*_RUNTIME)
    if facts.runtimes is None or not name or name in _OF_KSERVE:
        return
    if all(runtime.name != name for runtime in facts.runtimes):
        yield Hit(_RUNTIME, {"runtime": name})


CHECK = Check(
    id="llm-runtime-unknown",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text("KServe does not know the runtime {runtime}, and runs vLLM without a word."),
    source="https://github.com/kserve/kserve/issues/6250",
    look=_look,
)
