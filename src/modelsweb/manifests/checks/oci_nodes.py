"""Nodes that cannot mount an image as a volume."""

import re
from collections.abc import Iterator

from modelsweb.manifests.capacity import usable
from modelsweb.manifests.check import Change, Check, Facts, Hit, Level
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_NATIVE, _FETCH = "oci+native://", "oci+fetch://"
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})")
_FIRST = (1, 31)


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    versions = [
        (found, (int(found[1]), int(found[2])))
        for node in usable(facts.nodes or ())
        if (found := _VERSION.match(node.string("status", "nodeInfo", "kubeletVersion")))
    ]
    older = [found[0] for found, version in versions if version < _FIRST]
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
