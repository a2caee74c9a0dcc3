"""Workers without LeaderWorkerSet on the cluster."""

from collections.abc import Iterator

from modelsweb.kinds import LEADER_WORKER_SET
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj, dig
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.has(LEADER_WORKER_SET) is not False:
        return
    for path in (("spec", "worker"), ("spec", "prefill", "worker")):
        if dig(document.raw, *path) is not None:
            yield Hit(path)


CHECK = Check(
    id="llm-lws",
    level=Level.BROKEN,
    kinds=("LLMInferenceService",),
    sentence=text("LeaderWorkerSet is not installed on this cluster: the workers would never start."),
    source=KSERVE + "pkg/controller/v1alpha2/llmisvc/workload_multi_node.go",
    look=_look,
)
