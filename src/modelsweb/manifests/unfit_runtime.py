"""A runtime that a document names and that cannot be taken."""

from collections.abc import Iterator

from modelsweb.manifests.check import Change, Facts, Hit
from modelsweb.manifests.service_document import MODEL
from modelsweb.objects.obj import Obj
from modelsweb.topology.runtime_selection import Reason, select
from modelsweb.topology.wanted_runtime import named_by, wanted


def named_unfit(service: Obj, facts: Facts, *, reason: Reason) -> Iterator[Hit]:
    """The runtime that a document names, where it cannot be taken for this reason."""
    asked = wanted(service)
    if asked is None or not asked.runtime or facts.runtimes is None:
        return
    named = named_by(facts.runtimes, asked)
    if named is not None and select(facts.runtimes, asked).reason(named) is reason:
        path = (*MODEL, "runtime")
        values = {
            "runtime": asked.runtime,
            "format": asked.format,
            "version": asked.version,
            "protocol": asked.protocol,
        }
        yield Hit(path, values, (Change(path, None),))
