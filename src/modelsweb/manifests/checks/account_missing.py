"""There is no ServiceAccount …; pods of the service are refused until there is one."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.credentials import Known, account_named
from modelsweb.manifests.references import used_accounts
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, name in used_accounts(document):
        if account_named(name, facts)[1] is Known.MISSING:
            yield Hit(path, {"account": name})


CHECK = Check(
    id="account-missing",
    level=Level.BROKEN,
    kinds=("InferenceService", "LLMInferenceService"),
    sentence=text("There is no service account {account} in this namespace: no pod can be created."),
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    look=_look,
)
