"""What is written down of writes and refusals, and what Prometheus is told."""

import json
import logging
import socket
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from tests.running import NAMESPACE, App, running_app
from tests.sample_objects import service
from tests.standing import Time
from tests.waiting import LIMIT

from modelsweb.cli import JsonFormatter
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.gateway.audit import Strangers

CREATE = f"/n/{NAMESPACE}/create"


def _audits(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record)["audit"] for record in caplog.records if record.name == "modelsweb.audit"]


async def test_each_write_leaves_one_line(app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelsweb.audit")
    async with app.alice as alice:
        headers = {"X-Request-Id": "given-by-the-proxy"}
        made = await alice.post(CREATE, {"yaml": json.dumps(service("told"))}, headers=headers)
        assert made.status == 200
        await app.seen("told")
        await alice.post(f"/n/{NAMESPACE}/services/told/delete", {"confirm": "told", "uid": ""})
    lines = [one for one in _audits(caplog) if one["result"] != "refused"]
    writes = [one for one in lines if not one["verb"].startswith("dry-run")]
    assert [(one["user"], one["verb"], one["name"], one["result"]) for one in writes] == [
        ("alice@example.com", "create", "told", "done"),
        ("alice@example.com", "delete", "told", "done"),
    ]
    assert writes[0]["request"] == "given-by-the-proxy"
    assert writes[0]["resource"] == "inferenceservices.serving.kserve.io"
    assert writes[1]["request"] not in {"", "given-by-the-proxy"}


async def test_a_write_that_fails_and_one_that_is_refused_are_told_apart(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="modelsweb.audit")
    await app.add("twice")
    async with app.alice as alice, app.bob as bob:
        await alice.post(CREATE, {"yaml": json.dumps(service("twice"))})
        await bob.post(CREATE, {"yaml": json.dumps(service("not-his"))})
    found = [(one["user"], one["verb"], one["result"]) for one in _audits(caplog)]
    assert ("alice@example.com", "dry-run create", "AlreadyExists") in found
    assert ("bob@example.com", "create", "refused") in found


async def test_who_is_turned_away_at_the_door_leaves_a_line(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="modelsweb.audit")
    async with app.alice as alice, app.person(None) as nobody:
        assert (await alice.post(CREATE, {"yaml": "{}"}, token=False)).status == 403
        assert (await nobody.get("/services")).status == 401
    found = [(one["user"], one["verb"], one["resource"], one["result"]) for one in _audits(caplog)]
    assert ("alice@example.com", "post", CREATE, "Csrf") in found
    assert ("", "get", "/services", "Unauthorized") in found


def test_requests_without_a_user_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelsweb.audit")
    clock = Time()
    strangers = Strangers(clock)
    for _ in range(50):
        strangers.turned_away("GET", "/services", reason="Unauthorized")
    strangers.turned_away("GET", "/services", reason="Other")
    assert [one["result"] for one in _audits(caplog)] == ["Unauthorized", "Other"]
    clock.seconds += 61
    strangers.turned_away("GET", "/n/x/services", reason="Unauthorized")
    assert _audits(caplog)[-1] | {"request": ""} == {
        "user": "",
        "verb": "get",
        "resource": "/n/x/services",
        "namespace": "",
        "name": "",
        "result": "Unauthorized",
        "request": "",
        "untold": 49,
    }


async def test_no_value_can_forge_a_line(app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelsweb.audit")
    body = service("x")
    body["metadata"]["name"] = 'x"\nresult="done" user="admin'
    async with app.alice as alice:
        await alice.post(CREATE, {"yaml": json.dumps(body)}, headers={"X-Request-Id": "a b\tc"})
    for record in caplog.records:
        assert "\n" not in record.getMessage()
    assert all(" " not in one["request"] for one in _audits(caplog))


def test_json_lines_hold_the_audit_s_fields() -> None:
    record = logging.LogRecord("modelsweb.audit", logging.INFO, "", 0, "said %s", ("so",), None)
    record.audit = {"user": "李雷"}
    found = json.loads(JsonFormatter().format(record))
    assert found["message"] == "said so"
    assert found["audit"] == {"user": "李雷"}
    assert found["level"] == "INFO"


async def test_prometheus_is_answered_on_a_port_of_its_own() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = Config(
        web=WebConfig(secure_cookies=False, port=0, metrics_port=port), auth=AuthConfig(cache_seconds=0.0)
    )
    async with running_app(config) as app:
        await app.add("counted")
        async with app.alice as alice, alice.stream(f"/n/{NAMESPACE}/services/-/live"):
            assert (await alice.get("/n/nowhere/services")).status == 403
            assert (await alice.get("/metrics")).status == 404
            text = await _scrape(port)
    assert 'modelsweb_requests_total{method="GET",route="service_list",status="403"} 1.0' in text
    assert "modelsweb_request_seconds_bucket" in text
    assert 'modelsweb_objects{kind="inferenceservices.serving.kserve.io"} 1.0' in text
    assert 'modelsweb_watch_live{kind="pods"} 1.0' in text
    assert "modelsweb_streams 1.0" in text
    assert "modelsweb_reviews_total" in text
    assert "alice" not in text


async def _scrape(port: int) -> str:
    import asyncio

    def read() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LIMIT) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(read)


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = Config(web=WebConfig(secure_cookies=False, port=0))
        web = replace(config.web, metrics_port=taken.getsockname()[1])
        with pytest.raises(BaseExceptionGroup, match="unhandled errors") as caught:
            async with running_app(replace(config, web=web)):
                pass
    assert "MODELSWEB_WEB_METRICS_PORT" in str(_innermost(caught.value))


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
