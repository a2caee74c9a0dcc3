"""Where a model comes from, and which devices it claims, however the spec says it."""

from typing import Any

import pytest

from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.topology import demand, predictor
from modelsweb.topology.service_snapshot import service_snapshot


def _service(**spec: Any) -> Obj:
    return Obj({"kind": "InferenceService", "metadata": {"name": "iris"}, "spec": {"predictor": spec}})


@pytest.mark.parametrize(
    ("spec", "source", "downloaded"),
    [
        ({"model": {"storageUri": "s3://bucket/iris"}}, "s3://bucket/iris", True),
        ({"sklearn": {"storageUri": "gs://bucket/iris"}}, "gs://bucket/iris", True),
        (
            {"model": {"storage": {"key": "minio", "path": "/iris", "parameters": {"bucket": "models"}}}},
            "s3://models/iris",
            True,
        ),
        ({"model": {"storage": {"key": "minio", "path": "iris"}}}, "minio:iris", True),
        ({"model": {}, "storageUris": [{"uri": "s3://a"}, {"uri": "hf://b/c"}]}, "s3://a, hf://b/c", True),
        (
            {"containers": [{"env": [{"name": "STORAGE_URI", "value": "pvc://claim/iris"}]}]},
            "pvc://claim/iris",
            True,
        ),
        ({"model": {"args": ["--model_id=org/small"]}}, "hf://org/small", False),
        ({"model": {"args": ["--model-id", "org/small", "--dtype=half"]}}, "hf://org/small", False),
        ({"containers": [{"command": ["serve"], "args": ["--model_id"]}]}, "", False),
        ({"containers": [{"env": [{"name": "HF_MODEL_ID", "value": "org/small"}]}]}, "hf://org/small", False),
        ({"model": {"args": "nonsense", "env": 5}}, "", False),
    ],
)
def test_the_source_of_a_model(spec: dict[str, Any], source: str, downloaded: bool) -> None:
    service = _service(**spec)
    assert predictor.source(service) == source
    assert bool(predictor.storage_uri(service)) is downloaded


def test_claims_for_devices_count_once_each() -> None:
    claims = [
        {"name": "gpu", "resourceClaimTemplateName": "two-gpus"},
        {"name": "unused", "resourceClaimTemplateName": "other"},
    ]
    spec = {
        "resourceClaims": claims,
        "containers": [{"name": name, "resources": {"claims": [{"name": "gpu"}]}} for name in ("a", "b")],
    }
    expected = {"resourceclaim/two-gpus": 1}
    assert demand.devices(service_snapshot(_service(**spec), {POD: []})) == expected
    pod = Obj({"metadata": {"name": "p", "labels": {"component": "predictor"}}, "spec": spec})
    assert demand.devices(service_snapshot(_service(), {POD: [pod]})) == expected


@pytest.mark.parametrize(
    "spec",
    [
        {"model": {"args": 5, "command": True, "env": "x"}},
        {"containers": [{"name": [], "resources": {"claims": 3}}], "resourceClaims": [{"name": []}]},
        {"containers": [{"resources": {"claims": [{"name": []}]}}], "resourceClaims": [{"name": {}}]},
    ],
)
def test_nonsense_is_read_too(spec: dict[str, Any]) -> None:
    service = _service(**spec)
    assert isinstance(predictor.source(service), str)
    assert isinstance(demand.devices(service_snapshot(service, {POD: []})), dict)
