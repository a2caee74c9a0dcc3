"""The address holds a user or a password: KServe does not use it, and everybody who may read the service sees it. Credentials belong in a Secret."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses, without_user
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, uri in storage_addresses(document):
        if without_user(uri) != uri:
            yield Hit(path)


CHECK = Check(
    id="storage-user-info",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "The address holds a user or a password: KServe does not use it, and everybody who may read the service sees it. Credentials belong in a Secret."
    ),
    source="https://kserve.github.io/website/docs/model-serving/storage/overview",
    look=_look,
)
