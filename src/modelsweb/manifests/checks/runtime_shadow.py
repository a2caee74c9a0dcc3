"""The namespace has a serving runtime called …, which hides that of the cluster: the model runs with the namespace's own."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.service_document import MODEL
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if asked is None or facts.runtimes is None:
        return
    chosen = select(facts.runtimes, asked).chosen
    if chosen is None or not chosen.namespace:
        return
    if any(one.name == chosen.name and not one.namespace for one in facts.runtimes):
        field = ("runtime",) if asked.runtime else ("modelFormat", "name")
        yield Hit((*MODEL, *field), {"runtime": chosen.name})


CHECK = Check(
    id="runtime-shadow",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "The namespace has a serving runtime called {runtime}, which hides that of the cluster: the model runs with the namespace's own."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
