"""What KServe's webhooks say, as data/recordings/webhook-denials has it: the rules answer so on both clusters, and the page quotes
them."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsweb import errors
from tests.contract.cluster import Cluster
from tests.contract.test_personas import populated
from tests.contract.webhooks import webhooks
from tests.running import text_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "recordings" / "webhook-denials" / "cases.json").read_text()
)
RECORDED = "webhook-denials"


def _path(case: dict[str, Any], namespace: str) -> str:
    return str(case["path"]).replace(f"/{RECORDED}/", f"/{namespace}/")


async def test_every_recorded_case_is_answered_as_it_was(cluster: Cluster) -> None:
    told = {}
    async with webhooks(cluster):
        for case in CASES:
            body = yaml.safe_load(case["yaml"])
            body["metadata"]["namespace"] = cluster.namespace
            try:
                path = _path(case, cluster.namespace)
                await cluster.client.request_json("POST", f"{path}?dryRun=All", body=body)
                message = ""
            except errors.ModelswebError as error:
                message = error.message
            told[case["id"]] = message.replace(cluster.namespace, RECORDED)
    assert told == {case["id"]: case["message"] for case in CASES}


@pytest.mark.parametrize("name", ["min-greater-than-max", "empty-predictor", "graph-weights"])
async def test_the_page_quotes_them_and_keeps_the_text(cluster: Cluster, name: str) -> None:
    case = next(one for one in CASES if one["id"] == name)
    async with (
        webhooks(cluster),
        populated(cluster) as (app, _),
        app.person("admin@example.com") as admin,
    ):
        answer = await admin.post(f"/n/{cluster.namespace}/create", {"yaml": case["yaml"], "despite": "1"})
    assert answer.status == 422
    words = case["message"].replace(RECORDED, cluster.namespace)
    assert words in text_of(answer.text).replace("“", '"') or words in html.unescape(answer.text)
    assert case["yaml"].strip() in html.unescape(answer.text)
