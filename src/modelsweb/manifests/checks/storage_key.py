"""The key of a storage is not in the Secret that describes storages: every pod is refused by KServe's webhook."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.credentials import SECRET_NAME, STORAGE_SECRET, Known, secret_named
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    key = document.string(*doc.MODEL, "storage", "key")
    if not key:
        return
    secret = document.annotation(SECRET_NAME) or STORAGE_SECRET
    keys, known = secret_named(secret, facts)
    if known is Known.MISSING or (keys is not None and key not in keys):
        yield Hit((*doc.MODEL, "storage", "key"), {"key": key, "secret": secret})


CHECK = Check(
    id="storage-key",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text("Secret {secret} has no key {key}: KServe's webhook refuses every pod."),
    source=KSERVE + "pkg/credentials/service_account_credentials.go",
    look=_look,
)
