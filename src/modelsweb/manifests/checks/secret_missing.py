"""A Secret that the account lists, or that the service names, is not there: every pod is refused by KServe's webhook."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.credentials import SECRET_NAME, Known, Storage, chain
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    way = chain(document, facts)
    if way is None or way.storage in {Storage.VOLUME, Storage.OCI}:
        return  # nothing is downloaded, so that nobody looks for the Secret
    place = (
        ("metadata", "annotations", SECRET_NAME) if way.is_direct else (*doc.PREDICTOR, "serviceAccountName")
    )
    for one in way.secrets or ():
        if one.known is Known.MISSING:
            yield Hit(place, {"secret": one.name, "account": way.account})


CHECK = Check(
    id="secret-missing",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "There is no Secret {secret}, which service account {account} or an annotation names: KServe's webhook refuses every pod."
    ),
    source=KSERVE + "pkg/credentials/service_account_credentials.go",
    look=_look,
)
