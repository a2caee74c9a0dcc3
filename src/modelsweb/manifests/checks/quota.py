"""With all of its replicas the service asks for more than the namespace has left."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.capacity import ask, quota_lines, under_quota
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import written
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = ask(document, facts)
    if asked is None or facts.live is not None or not facts.quotas:
        return  # what runs already is counted as used
    predictor = document.mapping(*doc.PREDICTOR)
    counts = [predictor.get(name) for name in ("minReplicas", "maxReplicas")]
    replicas = max((one for one in counts if isinstance(one, int)), default=1) or 1
    for line in quota_lines(facts.quotas):
        wanted = under_quota(asked, line.resource) * replicas
        if wanted > line.left:
            is_bytes = line.resource.endswith("memory")
            yield Hit(
                (*asked.path, "resources"),
                {
                    "quota": line.quota,
                    "resource": line.resource,
                    "wanted": written(wanted, is_bytes=is_bytes),
                    "left": written(line.left, is_bytes=is_bytes),
                    "hard": written(line.hard, is_bytes=is_bytes),
                    "n": replicas,
                },
            )


CHECK = Check(
    id="quota",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "Quota {quota} leaves {left} of {hard} {resource}; with replicas: {n} the predictor asks for {wanted}. Pods over it are refused."
    ),
    source="https://kubernetes.io/docs/concepts/policy/resource-quotas/",
    look=_look,
)
