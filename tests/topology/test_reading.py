"""What is read from a service: its mode, model, runtime, whether it is to run, and whose it is."""

from typing import Any

import pytest

from modelsweb.objects.obj import Obj
from modelsweb.topology import predictor
from modelsweb.topology.owner import owner
from modelsweb.topology.stop import STOP, is_stopped


def _service(
    annotations: dict[str, str] | None = None, *, status: dict[str, Any] | None = None, **spec: Any
) -> Obj:
    return Obj(
        {
            "metadata": {"name": "iris", "annotations": annotations or {}},
            "spec": {"predictor": spec},
            "status": status or {},
        }
    )


@pytest.mark.parametrize(
    ("asked", "written", "mode"),
    [
        ("RawDeployment", "", "Standard"),
        ("Standard", "", "Standard"),
        ("Serverless", "", "Knative"),
        ("Knative", "Standard", "Standard"),
        ("ModelMesh", "", "ModelMesh"),
        ("", "", ""),
    ],
)
def test_the_controller_s_mode_goes_before_the_one_that_was_asked_for(
    asked: str, written: str, mode: str
) -> None:
    annotations = {"serving.kserve.io/deploymentMode": asked} if asked else {}
    assert predictor.mode(_service(annotations, status={"deploymentMode": written})) == mode


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"model": {"modelFormat": {"name": "sklearn"}}}, "sklearn"),
        ({"xgboost": {"storageUri": "s3://b/m"}}, "xgboost"),
        ({"containers": [{"name": "kserve-container"}]}, "custom"),
        ({}, ""),
    ],
)
def test_the_format_in_every_schema(spec: dict[str, Any], expected: str) -> None:
    assert predictor.model_format(_service(**spec)) == expected


def test_the_runtime_that_kserve_chose_goes_before_the_one_asked_for() -> None:
    asked = {"model": {"runtime": "mine"}}
    assert predictor.runtime(_service(**asked)) == "mine"
    assert predictor.runtime(_service(status={"clusterServingRuntimeName": "theirs"}, **asked)) == "theirs"


def test_the_protocol_is_v1_only_where_kserve_takes_it() -> None:
    assert predictor.protocol(_service(model={"storageUri": "x"})) == "v1"
    assert predictor.protocol(_service(model={"runtime": "mine"})) == ""
    assert predictor.protocol(_service(model={"protocolVersion": "grpc-v2"})) == "grpc-v2"
    assert predictor.protocol(_service()) == ""


@pytest.mark.parametrize(
    ("value", "stopped"), [("true", True), ("True", True), ("false", False), ("", False)]
)
def test_a_service_is_stopped_by_its_annotation_in_any_case(value: str, stopped: bool) -> None:
    assert is_stopped(_service({STOP: value})) is stopped


def test_an_owner_is_named_by_annotation_label_or_reference() -> None:
    assert owner(_service({"owner": "ada"})) == "ada"
    assert owner(Obj({"metadata": {"labels": {"owner": "bob"}}})) == "bob"
    made_by = [{"kind": "Application", "name": "fraud"}]
    assert owner(Obj({"metadata": {"ownerReferences": made_by}})) == "Application/fraud"
    assert owner(_service()) == ""
