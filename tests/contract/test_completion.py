"""What an editor is told of a place, from the schemas of the cluster itself."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.cluster import Cluster
from tests.contract.test_personas import populated
from tests.running import App, Person

VERSION = "serving.kserve.io/v1beta1"


@pytest.fixture
async def app(cluster: Cluster) -> AsyncIterator[App]:
    async with populated(cluster) as (app, _):
        yield app


async def _fields(person: Person, cluster: Cluster, *path: str, **place: str) -> dict[str, Any] | None:
    given = {"version": VERSION, "kind": "InferenceService", **place}
    query = "&".join([*(f"{key}={value}" for key, value in given.items()), *(f"path={one}" for one in path)])
    answer = await person.get(f"/n/{cluster.namespace}/create/fields.json?{query}")
    assert answer.status == 200
    found = json.loads(answer.text)["fields"]
    return None if found is None else {one["name"]: one for one in found}


async def test_fields_come_from_the_schema_of_the_cluster(cluster: Cluster, app: App) -> None:
    async with app.person("editor@example.com") as editor:
        predictor = await _fields(editor, cluster, "spec", "predictor")
        containers = await _fields(editor, cluster, "spec", "predictor", "containers")
        graph = await _fields(
            editor, cluster, "spec", version="serving.kserve.io/v1alpha1", kind="InferenceGraph"
        )
        metadata = await _fields(editor, cluster, "metadata")
    assert predictor is not None
    assert predictor["minReplicas"]["type"] == "integer"
    assert "1 if absent" in predictor["minReplicas"]["description"]
    assert containers is not None
    assert {"name", "image", "env"} <= set(containers)
    assert graph is not None
    assert "nodes" in graph
    assert metadata is not None
    assert "labels" in metadata


async def test_a_place_that_is_none_is_null_and_no_path_leaves_the_schemas(
    cluster: Cluster, app: App
) -> None:
    async with app.person("nobody@example.com") as nobody:
        assert await _fields(nobody, cluster, "spec", "nowhere") is None
        for version in (
            "serving.kserve.io/v9",
            "serving.kserve.io/..",
            "v1",
            "",
            "a/../../v1",
            "serving.kserve.io/v1beta1%2f..%2f",
        ):
            assert await _fields(nobody, cluster, version=version) is None, version
        assert await _fields(nobody, cluster, kind="Pod", version="v1") is None
