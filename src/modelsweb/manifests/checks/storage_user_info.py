"""The address holds a user or a password: KServe does not use it, and everybody who may read the service sees it. Credentials belong in a Secret."""

from collections.abc import Iterator

from modelsweb.manifests.check import Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, uri in storage_addresses(document):
        host = uri.partition("://")[2].partition("/")[0]
        if "@" in host and not uri.startswith(("oci", "abfs", "wasb")):
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
