"""With the replicas that it starts with the service asks for more than the namespace has left."""

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
    least = document.integer(*doc.PREDICTOR, "minReplicas")
    replicas = 1 if least is None else least
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
