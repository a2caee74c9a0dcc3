"""Which runtime KServe takes: a case and a near miss for each of its rules."""

from typing import Any

import pytest

from modelsweb.objects.obj import Obj
from modelsweb.topology.runtime_selection import Reason, Wanted, select


def runtime(name: str = "rt", *, namespace: str = "", made: str = "2026-01-01T00:00:00Z", **spec: Any) -> Obj:
    entry = {"name": "sklearn", "version": "1", "autoSelect": True, **spec.pop("entry", {})}
    metadata = {"name": name, "creationTimestamp": made, **({"namespace": namespace} if namespace else {})}
    return Obj({"metadata": metadata, "spec": {"supportedModelFormats": [entry], **spec}})


WANTED = Wanted(format="sklearn")


@pytest.mark.parametrize(
    ("fits_not", "near", "wanted", "reason"),
    [
        (runtime(disabled=True), runtime(disabled=False), WANTED, Reason.DISABLED),
        (runtime(multiModel=True), runtime(multiModel=False), WANTED, Reason.MULTI_MODEL),
        (runtime(workerSpec={"containers": []}), runtime(), WANTED, Reason.WORKERS),
        (
            runtime(),
            runtime(workerSpec={"containers": []}),
            Wanted(format="sklearn", has_workers=True),
            Reason.WORKERS,
        ),
        (runtime(entry={"name": "SKLearn"}), runtime(), WANTED, Reason.FORMAT),
        (
            runtime(),
            runtime(entry={"version": "1.0"}),
            Wanted(format="sklearn", version="1.0"),
            Reason.VERSION,
        ),
        (runtime(protocolVersions=["v2"]), runtime(protocolVersions=["v1", "v2"]), WANTED, Reason.PROTOCOL),
        (
            runtime(protocolVersions=["v1"]),
            runtime(),
            Wanted(format="sklearn", protocol="v2"),
            Reason.PROTOCOL,
        ),
        (runtime(entry={"autoSelect": False}), runtime(), WANTED, Reason.NOT_SELECTED),
    ],
)
def test_why_not(fits_not: Obj, near: Obj, wanted: Wanted, reason: Reason) -> None:
    selection = select([fits_not], wanted)
    assert selection.chosen is None
    assert selection.reason(fits_not) is reason
    assert select([near], wanted).chosen is near


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (runtime("b", namespace="team"), runtime("a", entry={"priority": 9})),
        (runtime("b", entry={"priority": 2}), runtime("a", entry={"priority": 1})),
        (runtime("b", entry={"priority": 1}), runtime("a")),
        (runtime("b", protocolVersions=["v1"]), runtime("a")),
        (runtime("b", made="2026-01-02T00:00:00Z"), runtime("a")),
        (runtime("a"), runtime("b")),
    ],
)
def test_which_goes_first(first: Obj, second: Obj) -> None:
    assert select([second, first], WANTED).chosen is first


def test_a_runtime_that_is_named_need_not_be_chosen_by_itself() -> None:
    named = runtime("mine", entry={"autoSelect": False}, protocolVersions=["v2"])
    assert select([runtime(), named], Wanted(format="sklearn", runtime="mine")).chosen is named
    asked = Wanted(format="sklearn", runtime="mine", protocol="v1")
    assert select([runtime(), named], asked).chosen is None


def test_the_namespace_hides_the_clusters_runtime_of_its_name() -> None:
    own, of_cluster = runtime("rt", namespace="team", disabled=True), runtime("rt")
    assert select([of_cluster, own], Wanted(format="sklearn", runtime="rt")).chosen is None
