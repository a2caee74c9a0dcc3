"""Versions are compared as text: no runtime serves … in version …; there is …."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import meant, wanted


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    asked = wanted(document)
    if (
        asked is None
        or not asked.version
        or facts.runtimes is None
        or select(facts.runtimes, asked).chosen is not None
    ):
        return
    if versions := meant(facts.runtimes, asked).versions:
        path = (*doc.MODEL, "modelFormat", "version")
        near = [one for one in versions if one == asked.version.split(".")[0]]
        fix = (Change(path, near[0]),) if near else ()
        yield Hit(path, {"format": asked.format, "version": asked.version, "known": ", ".join(versions)}, fix)


CHECK = Check(
    id="version-text",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "Versions are compared as text: no runtime serves {format} in version {version}; there is {known}."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_model.go",
    look=_look,
)
