"""The runtime that we say KServe would choose is the one that it chose, in every recording.

The runtimes of a namespace are recorded; those of the cluster, which were KServe's own, are the demo's.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelsweb.demo.cluster import documents
from modelsweb.objects.obj import Obj
from modelsweb.topology.runtime_selection import select
from modelsweb.topology.wanted_runtime import wanted

RECORDINGS = Path(__file__).resolve().parent.parent / "data" / "recordings"
_NONE = {"NoSupportingRuntime", "RuntimeNotRecognized", "RuntimeDisabled"}


def _recorded(file: Path) -> list[Obj]:
    packed = file.with_name(f"{file.name}.gz")
    if packed.exists():
        text = gzip.decompress(packed.read_bytes())
    else:
        text = file.read_bytes() if file.exists() else b'{"items": []}'
    return [Obj(raw) for raw in json.loads(text)["items"]]


def _choices() -> Iterator[tuple[str, Obj, list[Obj]]]:
    of_cluster = [Obj(raw) for raw in documents("runtimes.yaml")]
    for point in sorted(RECORDINGS.glob("*/[0-9][0-9]*/")):
        own = _recorded(point / "servingruntimes.json")
        for service in _recorded(point / "inferenceservices.json"):
            runtimes = [*(one for one in own if one.namespace == service.namespace), *of_cluster]
            yield f"{point.parent.name}/{point.name}/{service.name}", service, runtimes


def _taken(service: Obj) -> str:
    return service.string("status", "servingRuntimeName") or service.string(
        "status", "clusterServingRuntimeName"
    )


def _found_none(service: Obj) -> bool:
    return service.string("status", "modelStatus", "lastFailureInfo", "reason") in _NONE


CHOICES = {
    name: (service, runtimes)
    for name, service, runtimes in _choices()
    if wanted(service) is not None and (_taken(service) or _found_none(service))
}
"""Those of which KServe has said what it chose, or that it found none."""


@pytest.mark.parametrize("name", CHOICES)
def test_it_is_the_one_that_kserve_chose(name: str) -> None:
    service, runtimes = CHOICES[name]
    asked = wanted(service)
    assert asked is not None
    chosen = select(runtimes, asked).chosen
    if taken := _taken(service):
        assert chosen is not None
        assert chosen.name == taken
        assert bool(chosen.namespace) == bool(service.string("status", "servingRuntimeName"))
    else:
        assert chosen is None


def test_there_are_recordings_of_both() -> None:
    taken = [bool(_taken(service)) for service, _ in CHOICES.values()]
    assert any(taken)
    assert not all(taken)
