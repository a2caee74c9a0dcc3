"""The claims and accounts of the namespace that a document leans on, each with the path of the field that names it."""

from collections.abc import Iterator

from modelsweb.manifests.service_document import Path, components
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj

_PVC = "pvc://"


def used_claims(document: Obj) -> Iterator[tuple[Path, str]]:
    """Claims, as the address of a model or as a volume."""
    for path, uri in storage_addresses(document):
        if uri.startswith(_PVC):
            yield path, uri.removeprefix(_PVC).partition("/")[0]
    for path, component in components(document):
        for number, volume in enumerate(Obj(component).items("volumes")):
            if name := Obj(volume).string("persistentVolumeClaim", "claimName"):
                yield (*path, "volumes", number, "persistentVolumeClaim", "claimName"), name


_LLM_PODS: tuple[Path, ...] = (
    ("spec", "template"),
    ("spec", "worker"),
    ("spec", "prefill", "template"),
    ("spec", "prefill", "worker"),
)


def used_accounts(document: Obj) -> Iterator[tuple[Path, str]]:
    """Service accounts that pods run as."""
    parts = [path for path, _ in components(document)]
    for path in parts if document.kind == "InferenceService" else _LLM_PODS:
        if name := document.string(*map(str, path), "serviceAccountName"):
            yield (*path, "serviceAccountName"), name
