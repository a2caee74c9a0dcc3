"""The PersistentVolumeClaims that a document leans on."""

from collections.abc import Iterator

from modelsweb.manifests.service_document import Path, components
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj

_PVC = "pvc://"


def used_claims(document: Obj) -> Iterator[tuple[Path, str]]:
    """Each claim with the path of the field that names it: as the address of a model, or as a volume."""
    for path, uri in storage_addresses(document):
        if uri.startswith(_PVC):
            yield path, uri.removeprefix(_PVC).partition("/")[0]
    if (uri := document.string("spec", "model", "uri")).startswith(_PVC):
        yield ("spec", "model", "uri"), uri.removeprefix(_PVC).partition("/")[0]
    for path, component in components(document):
        for number, volume in enumerate(Obj(component).items("volumes")):
            if name := Obj(volume).string("persistentVolumeClaim", "claimName"):
                yield (*path, "volumes", number, "persistentVolumeClaim", "claimName"), name
