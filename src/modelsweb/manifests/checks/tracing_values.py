"""The tracing endpoint … must be an absolute http or https address."""

import re
from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    endpoint = document.string("spec", "tracing", "exporterEndpoint")
    if endpoint and not re.fullmatch(r"https?://[^/\s]+.*", endpoint):
        yield Hit(("spec", "tracing", "exporterEndpoint"), {"endpoint": endpoint})


CHECK = Check(
    id="tracing-values",
    level=Level.REFUSED,
    kinds=("InferenceService",),
    sentence=text("The tracing endpoint {endpoint} must be an absolute http or https address."),
    source="https://github.com/kserve/kserve/pull/6108",
    look=_look,
)
