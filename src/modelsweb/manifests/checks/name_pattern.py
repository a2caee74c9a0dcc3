"""… is no name for it: small letters, digits and hyphens, a letter first, no hyphen last."""

import re
from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    if document.name and not _NAME.fullmatch(document.name):
        meant = re.sub(r"[^a-z0-9-]+", "-", document.name.lower()).strip("-").lstrip("0123456789-")
        fix = (Change(("metadata", "name"), meant),) if meant else ()
        yield Hit(("metadata", "name"), {"name": document.name}, fix)


CHECK = Check(
    id="name-pattern",
    level=Level.REFUSED,
    kinds=("InferenceService", "InferenceGraph"),
    sentence=text(
        "{name} is no name for it: small letters, digits and hyphens, a letter first, no hyphen last."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/inference_service_validation.go",
    look=_look,
)
