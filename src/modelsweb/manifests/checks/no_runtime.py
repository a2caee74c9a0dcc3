"""No runtime on this cluster serves the format … with protocol …. Formats that are served: …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import DEFAULT_PROTOCOL, select
from modelsweb.topology.wanted_runtime import Meant, formats, meant, wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if asked is None or asked.runtime or facts.runtimes is None:
        return
    known = sorted(formats(facts.runtimes))
    if select(facts.runtimes, asked).chosen is None and meant(facts.runtimes, asked) == Meant():
        values = {
            "format": asked.format,
            "protocol": asked.protocol or DEFAULT_PROTOCOL,
            "formats": ", ".join(known),
        }
        yield Hit((*doc.MODEL, "modelFormat", "name"), values)


CHECK = Check(
    id="no-runtime",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "No runtime on this cluster serves the format {format} with protocol {protocol}. Formats that are served: {formats}."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
