"""A claim that one node may mount, and more than one pod that wants it."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.references import used_claims
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_SHARED = {"ReadWriteMany", "ReadOnlyMany"}


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    predictor = document.mapping(*doc.PREDICTOR)
    counts = [predictor.get(name) for name in ("minReplicas", "maxReplicas")]
    if max((one for one in counts if isinstance(one, int)), default=1) <= 1:
        return
    known = [*(facts.claims or ()), *(one for one in facts.documents if one.kind == "PersistentVolumeClaim")]
    for path, name in used_claims(document):
        claim = next((one for one in known if one.name == name), None)
        modes = claim.mapping("spec").get("accessModes") if claim is not None else None
        if isinstance(modes, list) and modes and not _SHARED & set(map(str, modes)):
            yield Hit(path, {"claim": name, "modes": ", ".join(map(str, modes))})


CHECK = Check(
    id="pvc-rwo",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "Claim {claim} is {modes}: only one node can mount it; a replica on another node will wait."
    ),
    source="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
    look=_look,
)
