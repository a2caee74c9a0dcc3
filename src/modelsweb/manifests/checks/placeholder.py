"""… is a placeholder. Write the value in its place."""

import re
from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.texts import texts
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_PLACEHOLDER = re.compile(
    r"\$\{[A-Za-z_][\w.-]{0,60}\}|\{\{\s{0,3}[\w.-]{1,60}\s{0,3}\}\}|\{\$[\w.-]{1,60}\}|^<[A-Za-z][\w -]{1,60}>$"
)


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, value in texts(document.raw, ()):
        # Arguments and variables may be for a shell, or for the runtime's own template.
        if not {"args", "command", "env"} & set(path) and (found := _PLACEHOLDER.search(value)):
            yield Hit(path, {"placeholder": found[0]})


CHECK = Check(
    id="placeholder",
    level=Level.BROKEN,
    kinds=("InferenceService", "LLMInferenceService", "InferenceGraph", "TrainedModel"),
    sentence=text("{placeholder} is a placeholder. Write the value in its place."),
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
    look=_look,
)
