"""None of the Secrets on the way has keys that open the storage."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.credentials import KEYS, chain
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    found = chain(document, facts)
    if found is None or found.storage not in KEYS or found.has_role or not found.secrets:
        return  # without Secrets it may be open to everybody
    if all(one.fits is False for one in found.secrets):
        wanted = " / ".join(sorted(" + ".join(sorted(keys)) for keys in KEYS[found.storage]))
        place = (*doc.PREDICTOR, "serviceAccountName")
        yield Hit(place, {"account": found.account, "keys": wanted})


CHECK = Check(
    id="secret-scheme",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "No Secret of service account {account} has the keys for this storage ({keys}); the model is asked for without credentials."
    ),
    source=KSERVE + "pkg/credentials/service_account_credentials.go",
    look=_look,
)
