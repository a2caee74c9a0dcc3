"""There is no serving runtime …, neither in this namespace nor in the cluster."""

from collections.abc import Iterator
from difflib import get_close_matches

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.wanted_runtime import named_by, wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if (
        asked is None
        or not asked.runtime
        or facts.runtimes is None
        or named_by(facts.runtimes, asked) is not None
    ):
        return
    if any(one.kind == "ServingRuntime" and one.name == asked.runtime for one in facts.documents):
        return
    path = (*doc.MODEL, "runtime")
    near = get_close_matches(asked.runtime, [one.name for one in facts.runtimes], 1)
    yield Hit(path, {"runtime": asked.runtime}, (Change(path, near[0]),) if near else ())


CHECK = Check(
    id="runtime-unknown",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("There is no serving runtime {runtime}, neither in this namespace nor in the cluster."),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
