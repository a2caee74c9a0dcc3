"""KServe downloads from … only with a ClusterStorageContainer for it; without one no condition says what is wrong. By itself it knows …."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_SCHEMES = frozenset(
    [
        "gs",
        "s3",
        "pvc",
        "file",
        "https",
        "http",
        "hdfs",
        "webhdfs",
        "oci",
        "oci+native",
        "oci+fetch",
        "hf",
        "modelscope",
    ]
)


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    for path, uri in storage_addresses(document):
        scheme, separator, _ = uri.partition("://")
        if separator and scheme not in _SCHEMES:
            yield Hit(path, {"scheme": f"{scheme}://", "known": ", ".join(sorted(_SCHEMES))})


CHECK = Check(
    id="storage-scheme",
    level=Level.NOTE,
    kinds=("InferenceService",),
    sentence=text(
        "KServe downloads from {scheme} only with a ClusterStorageContainer for it; without one no condition says what is wrong. By itself it knows {known}."
    ),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/utils/utils.go",
    look=_look,
)
