"""The page that tells which serving runtime KServe would choose."""

from datetime import UTC, datetime
from typing import Any

import pytest

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels.runtimes import RuntimeQuestion, Runtimes, build, parse


def _runtime(name: str, *, namespace: str = "", **spec: Any) -> Obj:
    formats = spec.pop("formats", [{"name": "onnx", "version": "1", "autoSelect": True, "priority": 1}])
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    containers = [{"name": "kserve-container", "image": f"registry/{name}:1"}]
    return Obj(
        {"metadata": metadata, "spec": {"supportedModelFormats": formats, "containers": containers, **spec}}
    )


OWN = (
    _runtime("onnx-team", namespace="team", protocolVersions=["v2"]),
    _runtime("off", namespace="team", disabled=True),
)
OF_CLUSTER = (
    _runtime("triton", protocolVersions=["v2", "grpc-v2"]),
    _runtime("openvino", formats=[{"name": "onnx", "version": "1"}], protocolVersions=["v1", "v2"]),
    _runtime("sklearn", formats=[{"name": "sklearn", "version": "1", "autoSelect": True}]),
)
HEALTH = Health(Freshness.LIVE, datetime(2026, 11, 22, tzinfo=UTC))
SERVICES = (Obj({"metadata": {"name": "a"}, "status": {"clusterServingRuntimeName": "triton"}}),)


def _page(**asked: Any) -> Runtimes:
    return build(
        RuntimeQuestion(**asked),
        namespace="team",
        own=OWN,
        of_cluster=OF_CLUSTER,
        services=SERVICES,
        health=HEALTH,
    )


def test_the_namespace_comes_first_and_each_other_has_its_reason() -> None:
    page = _page(format="onnx", protocol="v2")
    assert str(page.answer) == "onnx-team is chosen: it stands in this namespace, before 1 of the cluster."
    assert [(row.name, str(row.result)) for row in page.rows] == [
        ("onnx-team", "Chosen"),
        ("triton", "Fits, comes after onnx-team"),
        ("openvino", "Fits if named: runtime: openvino"),
        ("sklearn", "Serves sklearn"),
        ("off", "Disabled"),
    ]
    tests = {row.name: row.tests for row in page.rows}
    assert tests["onnx-team"] == (True,) * 6
    assert tests["sklearn"] == (True, True, True, False, None, None)
    assert tests["off"][:2] == (False, None)


@pytest.mark.parametrize(
    ("asked", "answer", "hint"),
    [
        (
            {"format": "onnx"},
            "Nobody: 2 serve onnx, none of them with v1, which an unset protocol means.",
            "With v2 onnx-team would be chosen.",
        ),
        ({"format": "onnx", "protocol": "grpc-v1"}, "Nobody: 3 serve onnx, none of them with grpc-v1.", ""),
        (
            {"format": "sklearn", "version": "9"},
            "Nobody: no runtime serves version 9 of sklearn; versions are compared as text.",
            "",
        ),
        ({"format": "sklaern"}, "Nobody: no runtime here serves sklaern.", "Near it: sklearn."),
        ({"format": "sklearn"}, "sklearn is chosen: it is the only one that fits.", ""),
    ],
)
def test_the_answer_says_why(asked: dict[str, str], answer: str, hint: str) -> None:
    page = _page(**asked)
    assert (str(page.answer), str(page.hint or "")) == (answer, hint)


def test_the_matrix_has_protocols_priority_and_use() -> None:
    page = _page()
    assert page.answer is None
    assert [(row.format, row.version) for row in page.matrix] == [("onnx", "1"), ("sklearn", "1")]
    cells = page.matrix[0].cells
    assert cells[2] is not None
    assert (cells[2].protocols, cells[2].is_auto, cells[2].priority) == (("v2", "grpc-v2"), True, 1)
    assert cells[4] is None
    assert [column.used for column in page.columns] == [0, 0, 1, 0, 0]


def test_what_may_not_be_seen_is_said() -> None:
    page = build(RuntimeQuestion(), namespace="team", own=OWN, of_cluster=None, services=None, health=HEALTH)
    assert len(page.notes) == 2
    assert page.columns[0].used is None


def test_an_address_that_makes_no_sense_asks_nothing() -> None:
    assert parse([("format", "x" * 64), ("protocol", "v9"), ("workers", "yes")]) == RuntimeQuestion()
    assert parse([("format", "a"), ("format", "b")]).format == "a"


def test_what_the_cluster_has_is_unknown_where_it_is_hidden() -> None:
    none = build(
        RuntimeQuestion(format="sklearn"),
        namespace="team",
        own=OWN,
        of_cluster=None,
        services=(),
        health=HEALTH,
    )
    assert str(none.answer).startswith("Unknown: none of this namespace fits")
    assert none.counts["cluster"] is None
    one = build(
        RuntimeQuestion(format="onnx", protocol="v2"),
        namespace="team",
        own=OWN,
        of_cluster=None,
        services=(),
        health=HEALTH,
    )
    assert str(one.answer) == "onnx-team is chosen: it stands in this namespace, before any of the cluster."


def test_modelmesh_chooses_by_itself_and_knative_has_no_workers() -> None:
    mesh = _page(format="sklearn", mode="ModelMesh")
    assert "KServe chooses none in ModelMesh mode" in str(mesh.answer)
    assert mesh.rows == ()
    knative = _page(format="sklearn", mode="Knative", has_workers=True)
    assert [str(one) for one in knative.notes] == ["Knative mode has no workers: KServe ignores them there."]
    assert _page(format="sklearn", mode="Standard").answer == _page(format="sklearn").answer
    assert parse([("mode", "Serverless"), ("format", "x")]).mode == ""


def _service(status: dict[str, Any], **model: Any) -> Obj:
    spec = {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "protocolVersion": "v2", **model}}}
    return Obj({"metadata": {"name": "asking"}, "spec": spec, "status": status})


@pytest.mark.parametrize(
    ("service", "comparison"),
    [
        (_service({"servingRuntimeName": "onnx-team"}), "asking already uses this runtime."),
        (
            _service({"clusterServingRuntimeName": "triton"}),
            "asking has triton of the cluster: the runtimes, or what it asks for, changed since KServe chose.",
        ),
        (
            _service({"clusterServingRuntimeName": "triton"}, runtime="triton"),
            "asking names its runtime, triton: nothing is chosen for it.",
        ),
        (
            _service({"clusterServingRuntimeName": "onnx-team"}),
            "asking has onnx-team of the cluster: the runtimes, or what it asks for, changed since KServe chose.",
        ),
        (_service({}), "KServe has not said which runtime asking has."),
        (
            Obj({"metadata": {"name": "asking"}, "spec": {"predictor": {"containers": [{}]}}}),
            "asking asks for no runtime: it brings its own container.",
        ),
    ],
)
def test_a_service_asks_and_has(service: Obj, comparison: str) -> None:
    page = build(
        parse([("service", "asking")]),
        namespace="team",
        own=OWN,
        of_cluster=OF_CLUSTER,
        services=(service,),
        health=HEALTH,
    )
    assert str(page.comparison) == comparison
    assert page.query == "service=asking"
    if service.mapping("spec", "predictor", "model"):
        assert (page.question.format, page.question.protocol) == ("onnx", "v2")
        assert str(page.answer).startswith("onnx-team is chosen")


def test_a_service_that_is_not_there_or_asked_for_something_else_is_said() -> None:
    page = _page(service="gone")
    assert [str(one) for one in page.notes] == ["There is no service gone in this namespace."]
    assert page.comparison is None
    other = build(
        RuntimeQuestion(service="asking", format="sklearn"),
        namespace="team",
        own=OWN,
        of_cluster=OF_CLUSTER,
        services=(_service({"clusterServingRuntimeName": "triton"}),),
        health=HEALTH,
    )
    assert str(other.comparison) == "asking has triton."


def test_the_older_form_of_a_service_asks_too() -> None:
    spec = {"predictor": {"onnx": {"protocolVersion": "v2"}}}
    old = Obj({"metadata": {"name": "asking"}, "spec": spec, "status": {"servingRuntimeName": "onnx-team"}})
    page = build(
        parse([("service", "asking")]),
        namespace="team",
        own=OWN,
        of_cluster=(),
        services=(old,),
        health=HEALTH,
    )
    assert str(page.comparison) == "asking already uses this runtime."


def test_what_could_not_be_read_is_unknown_and_not_refused() -> None:
    page = build(
        RuntimeQuestion(format="onnx"),
        namespace="team",
        own=None,
        of_cluster=None,
        services=None,
        health=HEALTH,
        unread=frozenset({SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE}),
    )
    assert str(page.answer) == "Unknown: the runtimes of this namespace could not be read."
    assert (page.hint, page.rows) == (None, ())
    assert [str(one) for one in page.notes] == [
        f"{kind}.serving.kserve.io could not be read; it is not checked."
        for kind in ("clusterservingruntimes", "inferenceservices", "servingruntimes")
    ]
