"""… is no deployment mode, so the default of the cluster holds. Modes are Standard, Knative and ModelMesh."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_MODES = ("Standard", "Knative", "ModelMesh", "RawDeployment", "Serverless")


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    given = doc.annotation(document, doc.MODE)
    if given and given not in _MODES:
        near = next((mode for mode in _MODES if mode.lower() == given.lower()), "")
        yield Hit(doc.MODE, {"value": given}, (Change(doc.MODE, near),) if near else ())


CHECK = Check(
    id="mode-value",
    level=Level.IGNORED,
    kinds=("InferenceService",),
    sentence=text(
        "{value} is no deployment mode, so the default of the cluster holds. Modes are Standard, Knative and ModelMesh."
    ),
    source=KSERVE + "pkg/constants/constants.go",
    look=_look,
)
