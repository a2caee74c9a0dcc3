"""There is no ServiceAccount …; pods of the service are refused until there is one."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.credentials import Known, account_named
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, component in doc.components(document):
        name = component.get("serviceAccountName")
        if isinstance(name, str) and name and account_named(name, facts)[1] is Known.MISSING:
            yield Hit((*path, "serviceAccountName"), {"account": name})


CHECK = Check(
    id="account-missing",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("There is no service account {account} in this namespace: no pod can be created."),
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    look=_look,
)
