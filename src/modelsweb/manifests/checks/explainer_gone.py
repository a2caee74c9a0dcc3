"""KServe has no explainer … any more. There are art and containers of your own."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for name in ("alibi", "aix", "aif"):
        if name in document.mapping("spec", "explainer"):
            yield Hit(("spec", "explainer", name), {"name": name})


CHECK = Check(
    id="explainer-gone",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("KServe no longer has the explainer {name}. Use art or a custom container."),
    source=KSERVE + "pkg/apis/serving/v1beta1/explainer.go",
    look=_look,
)
