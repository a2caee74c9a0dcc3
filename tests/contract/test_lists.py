"""Lists, selectors, tables and discovery: the same answers from both clusters."""

import msgspec
import pytest

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from tests.contract.cluster import Cluster
from tests.sample_objects import CONFIG_MAP, config_map, service


async def _fill(cluster: Cluster) -> None:
    for number in range(5):
        labels = {"set": "numbers", "odd": "true" if number % 2 else "false"}
        body = config_map(f"number-{number}", labels=labels)
        await cluster.client.create(CONFIG_MAP, body, namespace=cluster.namespace)


async def _names(
    cluster: Cluster, label_selector: str | None = None, field_selector: str | None = None
) -> list[str]:
    page = await cluster.client.list_page(
        CONFIG_MAP, namespace=cluster.namespace, label_selector=label_selector, field_selector=field_selector
    )
    found = [msgspec.json.decode(item)["metadata"]["name"] for item in page.items or ()]
    return [name for name in found if name.startswith("number-")]


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        ("set=numbers", "01234"),
        ("odd=true", "13"),
        ("odd!=true", "024"),
        ("set in (numbers, letters),odd", "01234"),
        ("set notin (numbers)", ""),
        ("!missing,odd==false", "024"),
    ],
)
async def test_label_selectors_choose(cluster: Cluster, selector: str, numbers: str) -> None:
    await _fill(cluster)
    assert await _names(cluster, selector) == [f"number-{number}" for number in numbers]


async def test_a_field_selector_chooses_by_name(cluster: Cluster) -> None:
    await _fill(cluster)
    assert await _names(cluster, field_selector="metadata.name=number-3") == ["number-3"]


@pytest.mark.parametrize("selector", ["a==b=c", "a in b", "=b"])
async def test_a_bad_label_selector_is_refused(cluster: Cluster, selector: str) -> None:
    with pytest.raises(errors.BadRequestError):
        await _names(cluster, selector)


async def test_a_bad_field_selector_is_refused(cluster: Cluster) -> None:
    with pytest.raises(errors.BadRequestError, match=r"spec\.foo"):
        await cluster.client.list_page(
            INFERENCE_SERVICE, namespace=cluster.namespace, field_selector="spec.foo=bar"
        )


async def test_pages_together_are_the_whole_list(cluster: Cluster) -> None:
    await _fill(cluster)
    client, namespace = cluster.client, cluster.namespace
    names, token = [], None
    while True:
        page = await client.list_page(
            CONFIG_MAP, namespace=namespace, limit=2, continue_token=token, label_selector="set=numbers"
        )
        assert len(page.items or ()) <= 2
        names += [msgspec.json.decode(item)["metadata"]["name"] for item in page.items or ()]
        token = page.metadata.continue_
        if not token:
            break
    assert names == [f"number-{number}" for number in range(5)]


async def test_a_broken_continue_token_is_refused(cluster: Cluster) -> None:
    with pytest.raises(errors.BadRequestError, match="invalid continue token"):
        await cluster.client.list_page(CONFIG_MAP, namespace=cluster.namespace, limit=2, continue_token="xyz")


async def test_a_table_has_the_columns_of_the_kind(cluster: Cluster) -> None:
    await cluster.client.create(INFERENCE_SERVICE, service("row"), namespace=cluster.namespace)
    table = await cluster.client.table(INFERENCE_SERVICE, namespace=cluster.namespace)
    columns = [column["name"] for column in table["columnDefinitions"]]
    assert columns == [
        "Name",
        "URL",
        "Ready",
        "Prev",
        "Latest",
        "PrevRolledoutRevision",
        "LatestReadyRevision",
        "Age",
    ]
    (row,) = table["rows"]
    assert row["cells"][0] == "row"
    assert row["object"]["kind"] == "PartialObjectMetadata"


async def test_discovery_names_the_kind(cluster: Cluster) -> None:
    resources = await cluster.client.resources("serving.kserve.io", "v1beta1")
    found = {resource["name"]: resource for resource in resources}
    assert found["inferenceservices"]["kind"] == "InferenceService"
    assert found["inferenceservices"]["namespaced"] is True
    assert {"get", "list", "watch", "create", "delete"} <= set(found["inferenceservices"]["verbs"])
    assert "inferenceservices/status" in found


async def test_a_group_that_is_not_there_has_no_resources(cluster: Cluster) -> None:
    assert await cluster.client.resources("no.such.group", "v1") == []


async def test_openapi_describes_our_kinds(cluster: Cluster) -> None:
    index = await cluster.client.request_json("GET", "/openapi/v3")
    path = index["paths"]["apis/serving.kserve.io/v1beta1"]["serverRelativeURL"]
    document = await cluster.client.request_json("GET", path.partition("?")[0])
    schemas = document["components"]["schemas"]
    predictor = next(
        schema["properties"]["spec"]["properties"]["predictor"]
        for name, schema in schemas.items()
        if name.endswith("v1beta1.InferenceService")
    )
    assert predictor["properties"]["minReplicas"]["type"] == "integer"
