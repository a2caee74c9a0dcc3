"""An unset protocolVersion counts as v1, and no runtime serves … with v1. … serves it with …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import meant, wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if asked is None or asked.runtime or asked.protocol or facts.runtimes is None:
        return
    if select(facts.runtimes, asked).chosen is None and (found := meant(facts.runtimes, asked)).protocol:
        path = (*doc.MODEL, "protocolVersion")
        values = {"format": asked.format, "runtime": found.runtime, "protocol": found.protocol}
        yield Hit((*doc.MODEL, "modelFormat", "name"), values, (Change(path, found.protocol),))


CHECK = Check(
    id="protocol-default",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "An unset protocolVersion counts as v1, and no runtime serves {format} with v1. {runtime} serves it with {protocol}."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
