"""Formats are compared letter by letter: … is not …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import meant, wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if asked is None or facts.runtimes is None or select(facts.runtimes, asked).chosen is not None:
        return
    if (name := meant(facts.runtimes, asked).format) and name != asked.format:
        path = (*doc.MODEL, "modelFormat", "name")
        yield Hit(path, {"given": asked.format, "meant": name}, (Change(path, name),))


CHECK = Check(
    id="format-case",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("Formats are compared letter by letter: {given} is not {meant}."),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
