"""None of the containers is called kserve-container, so KServe takes the first one, …, for the model's server."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        given = list(Obj(component).items("containers"))
        names = [str(one.get("name", "")) for one in given]
        if len(given) > 1 and doc.OWN_CONTAINER not in names and not component.get("model"):
            yield Hit(
                (*path, "containers", 0),
                {"name": names[0]},
                (Change((*path, "containers", 0, "name"), doc.OWN_CONTAINER),),
            )


CHECK = Check(
    id="container-name",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "None of the containers is called kserve-container, so KServe takes the first one, {name}, for the model's server."
    ),
    source=KSERVE + "pkg/apis/serving/v1beta1/predictor_custom.go",
    look=_look,
)
