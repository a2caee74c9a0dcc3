"""An object as YAML, as its tab shows it."""

from modelsweb.manifests import document as manifest
from modelsweb.objects.obj import Obj


def yaml_of(obj: Obj, *, with_status: bool) -> str:
    """The object as it is now, with or without its status."""
    return manifest.dump({key: value for key, value in obj.raw.items() if with_status or key != "status"})
