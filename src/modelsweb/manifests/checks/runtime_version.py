"""The runtime … does not serve … in version …; versions are compared as text."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.manifests.wanted_runtime import named_by, wanted
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import Reason, select


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if asked is None or not asked.runtime or facts.runtimes is None:
        return
    selection = select(facts.runtimes, asked)
    named = named_by(facts.runtimes, asked)
    if named is not None and selection.reason(named) is Reason.VERSION:
        values = {
            "runtime": asked.runtime,
            "format": asked.format,
            "version": asked.version,
            "protocol": asked.protocol,
        }
        yield Hit((*doc.MODEL, "runtime"), values, (Change((*doc.MODEL, "runtime"), None),))


CHECK = Check(
    id="runtime-version",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "The runtime {runtime} does not serve {format} in version {version}; versions are compared as text."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
