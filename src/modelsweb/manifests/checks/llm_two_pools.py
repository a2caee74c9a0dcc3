"""Two schedulers behind one gateway: every route binds to the picker that came last, while all says Ready."""

from collections.abc import Iterator
from typing import Any

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text

_SCHEDULER = ("spec", "router", "scheduler")


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if dig(document.raw, *_SCHEDULER) is None:
        return
    here = _gateways(document)
    for other in (*(facts.llm_services or ()), *facts.documents):
        if (
            other.kind == document.kind
            and other.name != document.name
            and dig(other.raw, *_SCHEDULER) is not None
            and here & _gateways(other)
        ):
            yield Hit(_SCHEDULER, {"other": other.name})
            return


def _gateways(service: Obj) -> frozenset[Any]:
    """Those that it names; where it names none, the one that KServe takes for all such."""
    refs = service.items("spec", "router", "gateway", "refs")
    return frozenset(
        (ref.get("namespace") or service.namespace, ref.get("name")) for ref in refs
    ) or frozenset({None})


CHECK = Check(
    id="llm-two-pools",
    level=Level.NOTE,
    kinds=("LLMInferenceService",),
    sentence=text(
        "LLM service {other} has a scheduler behind the same gateway: with some gateways every route then asks the scheduler that came last, while both say Ready. A gateway of its own avoids it."
    ),
    source="https://github.com/llm-d/llm-d-router/issues/158",
    look=_look,
)
