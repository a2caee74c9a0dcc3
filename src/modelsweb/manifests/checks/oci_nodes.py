"""Nodes that cannot mount an image as a volume."""

from collections.abc import Iterator

from modelsweb.manifests.capacity import node_version, takes_image_volumes, usable
from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_NATIVE, _FETCH = "oci+native://", "oci+fetch://"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    older = [node_version(node) for node in usable(facts.nodes or ()) if takes_image_volumes(node) is False]
    for path, uri in storage_addresses(document):
        if uri.startswith(_NATIVE) and older:
            fix = (Change(path, _FETCH + uri.removeprefix(_NATIVE)),)
            yield Hit(path, {"version": min(older), "n": len(older)}, fix)


CHECK = Check(
    id="oci-nodes",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "oci+native:// needs nodes with Kubernetes 1.31 or later; nodes that are older: {n} ({version}). oci+fetch:// works on all."
    ),
    source="https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/",
    look=_look,
)
