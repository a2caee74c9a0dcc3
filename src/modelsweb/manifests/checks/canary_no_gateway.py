"""Only the Gateway API splits traffic in Standard mode."""

from collections.abc import Iterator

from modelsweb.kinds import HTTP_ROUTE
from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if (
        document.mapping("spec").get("canary")
        and facts.has(HTTP_ROUTE) is False
        and not doc.is_knative(document)
    ):
        yield Hit(("spec", "canary"))


CHECK = Check(
    id="canary-no-gateway",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text(
        "The canary will run and get no traffic: this cluster has no Gateway API, and without it nothing splits traffic in Standard mode."
    ),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/reconcilers/ingress/httproute_reconciler.go",
    look=_look,
)
