"""The addresses from which a document has models downloaded."""

from collections.abc import Iterator

from modelsweb.manifests.service_document import Path, components
from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import FRAMEWORKS


def storage_addresses(service: Obj) -> Iterator[tuple[Path, str]]:
    """Each address with the path of its field."""
    for path, component in components(service):
        for form in ("model", *FRAMEWORKS, "art"):
            if uri := Obj(component).string(form, "storageUri"):
                yield (*path, form, "storageUri"), uri
        for number, one in enumerate(Obj(component).items("storageUris")):
            if isinstance(one.get("uri"), str):
                yield (*path, "storageUris", number, "uri"), one["uri"]
