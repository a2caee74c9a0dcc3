"""KServe names a volume after the adapter …, and the API server refuses that name. Use lower-case letters, digits and hyphens."""

import re
from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_PREFIX = "lora-pvc-"
_LONGEST = 63


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for number, one in enumerate(document.items("spec", "model", "lora", "adapters")):
        name = str(one.get("name") or "")
        is_claim = str(one.get("uri") or "").startswith("pvc://")
        fits = _NAME.fullmatch(name) and len(_PREFIX + name) <= _LONGEST
        if name and is_claim and not fits:
            yield Hit(("spec", "model", "lora", "adapters", number, "name"), {"name": name})


CHECK = Check(
    id="llm-lora-volume",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text(
        "KServe names a volume after the adapter {name}, and the API server refuses that name. Use lower-case letters, digits and hyphens."
    ),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/workload_storage.go",
    look=_look,
)
