"""A claim that holds the model, or is mounted, is not there: pods wait for it for ever."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.references import used_claims
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if facts.claims is None:
        return
    there = {one.name for one in facts.claims}
    there |= {one.name for one in facts.documents if one.kind == "PersistentVolumeClaim"}
    for path, name in used_claims(document):
        if name not in there:
            yield Hit(path, {"claim": name})


CHECK = Check(
    id="pvc-missing",
    level=Level.BROKEN,
    kinds=("InferenceService", "LLMInferenceService"),
    sentence=text(
        "There is no persistent volume claim {claim} in this namespace: the pods will wait for it."
    ),
    source="https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    look=_look,
)
