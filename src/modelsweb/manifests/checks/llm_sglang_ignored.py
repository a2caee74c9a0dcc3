"""SGLang ignores …."""

from collections.abc import Iterator

from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text

_PARTS = (
    ("spec", "kvCacheOffloading"),
    ("spec", "parallelism", "data"),
    ("spec", "parallelism", "expert"),
    ("spec", "parallelism", "pipeline"),
)


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if "sglang" not in document.string("spec", "runtime").lower():
        return
    for path in _PARTS:
        if dig(document.raw, *path) is not None:
            yield Hit(path, {"part": ".".join(path[1:])}, (Change(path, None),))


CHECK = Check(
    id="llm-sglang-ignored",
    level=Level.IGNORED,
    kinds=("LLMInferenceService",),
    sentence=text("SGLang ignores {part}."),
    source="https://github.com/kserve/kserve/issues/6250",
    look=_look,
)
