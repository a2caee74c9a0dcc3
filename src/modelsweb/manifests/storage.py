"""The addresses from which a document has models downloaded."""

from collections.abc import Iterator

from modelsweb.manifests.service_document import Path, components
from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import FRAMEWORKS

_AT_IN_HOST = ("oci", "abfs", "wasb")
"""In these schemes an @ belongs to the address: a digest, or an account."""


def without_user(uri: str) -> str:
    """An address without the user and the password in it; as it was where there are none."""
    scheme, separator, rest = uri.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or "@" not in host or scheme.startswith(_AT_IN_HOST):
        return uri
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def storage_addresses(service: Obj) -> Iterator[tuple[Path, str]]:
    """Each address with the path of its field."""
    for path, component in components(service):
        for form in ("model", *FRAMEWORKS, "art"):
            if uri := Obj(component).string(form, "storageUri"):
                yield (*path, form, "storageUri"), uri
        for number, one in enumerate(Obj(component).items("storageUris")):
            if isinstance(one.get("uri"), str):
                yield (*path, "storageUris", number, "uri"), one["uri"]
