"""The OpenAPI document of our own API, and the page that is made from the same declarations."""

import json
import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from tests.openapi import DOCUMENT
from tests.running import running_app

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.web.api.v1 import openapi
from modelsweb.web.api.v1.operations import OPERATIONS
from modelsweb.web.api.v1.reference import curl, messages

ALL = [(path, method, one) for path, methods in DOCUMENT["paths"].items() for method, one in methods.items()]
HEADER, TOKENS, NOBODY = AuthConfig(), AuthConfig(tokens=True), AuthConfig(is_disabled=True)


def _document(prefix: str, auth: AuthConfig) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(openapi.document(prefix, auth))
    return found


def test_every_operation_is_in_it_once() -> None:
    ids = [one["operationId"] for _, _, one in ALL]
    assert sorted(ids) == sorted(one.id for one in OPERATIONS)
    assert len(set(ids)) == len(ids)
    assert DOCUMENT["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    components = DOCUMENT["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert named == components.keys()
    for schema in components.values():
        jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize(("path", "method", "operation"), ALL, ids=[one["operationId"] for *_, one in ALL])
def test_every_answer_and_body_has_an_example_that_is_right(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    contents = [answer["content"] for answer in operation["responses"].values() if "content" in answer]
    contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
    shown = 0
    for content in contents:
        for media, one in content.items():
            if "example" not in one or media == "text/event-stream":
                continue
            shown += 1
            whole = {**one["schema"], "components": DOCUMENT["components"]}
            errors = list(jsonschema_rs.Draft202012Validator(whole).iter_errors(one["example"]))
            assert not errors, (path, method, media, [error.message for error in errors])
    assert shown
    assert all(parameter.get("description") for parameter in operation["parameters"])
    assert operation["summary"]


def test_the_examples_of_streams_are_right() -> None:
    for path, _, operation in ALL:
        content = operation["responses"].get("200", {}).get("content", {}).get("text/event-stream")
        if content is None:
            continue
        schema = content["schema"]["properties"]["data"]["contentSchema"]
        lines = [one for one in content["example"].splitlines() if one.startswith("data: ")]
        assert lines, path
        for line in lines:
            whole = {**schema, "components": DOCUMENT["components"]}
            found = list(
                jsonschema_rs.Draft202012Validator(whole).iter_errors(json.loads(line.removeprefix("data: ")))
            )
            assert not found, (path, line)


def test_it_says_where_the_app_is_and_who_asks() -> None:
    assert _document("/models", HEADER)["servers"] == [{"url": "/models"}]
    assert _document("", NOBODY)["servers"] == [{"url": "/"}]
    schemes = _document("", HEADER)["components"]["securitySchemes"]
    assert schemes == {"user": {"type": "apiKey", "in": "header", "name": "kubeflow-userid"}}
    assert _document("", TOKENS)["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer"}
    }
    assert _document("", NOBODY)["security"] == []


def test_the_calls_of_the_page_are_for_who_asks() -> None:
    stop = next(one for one in OPERATIONS if one.id == "stopObject")
    assert 'kubeflow-userid: $USER_ID" -H "X-Requested-By' in curl(stop, prefix="/models", auth=HEADER)
    assert '"$APP/models/api/v1/' in curl(stop, prefix="/models", auth=HEADER)
    token = curl(stop, prefix="", auth=TOKENS)
    assert ("Bearer $TOKEN" in token, "X-Requested-By" in token) == (True, False)
    assert "$USER_ID" not in curl(stop, prefix="", auth=NOBODY)


def test_no_description_has_braces() -> None:
    """They would be taken for the place of a value."""
    assert [one for one in messages() if "{" in one] == []


async def test_the_page_shows_every_operation_in_both_languages() -> None:
    config = Config(web=WebConfig(secure_cookies=False, prefix="/models"))
    async with running_app(config) as app, app.person("bob@example.com") as bob:
        english = await bob.get("/api/docs")
        assert english.status == 200
        assert english.headers["Content-Type"].startswith("text/html")
        assert all(f'id="{one.id}"' in english.text for one in OPERATIONS)
        assert "$APP/models/api/v1/kinds" in english.text
        chinese = await bob.get("/api/docs", headers={"Accept-Language": "zh-CN"})
        assert "读取对象未就绪的原因和证据" in chinese.text
        page = await bob.get("/n/team-risk/services")
        assert 'href="/models/api/docs"' in page.text
        document = await bob.get("/api/openapi.json")
        assert json.loads(document.text)["servers"] == [{"url": "/models"}]
        slash = await bob.get("/api/docs/", follow=False)
        assert slash.status in {308, 404}
