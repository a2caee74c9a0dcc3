"""A request from anybody costs next to nothing before it is known to be a user's own."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from tests.contract.cluster import proxied
from tests.running import NAMESPACE, App, running_app
from tests.sample_objects import service

from modelsweb import cli, errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kube.client import KubeClient
from modelsweb.manifests import document as manifest
from modelsweb.viewmodels.components import search
from modelsweb.web import rendering
from modelsweb.web.middleware import form
from modelsweb.web.middleware.cookies import cookie
from modelsweb.web.middleware.request_timeout import MAX_ADDRESS, MAX_HEADERS

CREATE = f"/n/{NAMESPACE}/create"
LIST = f"/n/{NAMESPACE}/services"
URLENCODED = "application/x-www-form-urlencoded"


def _head(*lines: str) -> bytes:
    usual = (
        f"POST /models{CREATE} HTTP/1.1",
        "Host: x",
        "kubeflow-userid: alice@example.com",
        "Content-Length: 90000",
    )
    return "\r\n".join((*usual, *lines, "", "")).encode()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((f"Content-Type: {URLENCODED}",), 403),
        ((f"Content-Type: {URLENCODED}", "Cookie: XSRF-TOKEN=t", "Origin: http://evil"), 403),
        ((f"Content-Type: {URLENCODED}", "Cookie: XSRF-TOKEN=t", "Origin: http://["), 403),
        ((f"Content-Type: {URLENCODED}", "Cookie: XSRF-TOKEN=t", "Sec-Fetch-Site: cross-site"), 403),
        ((f"Content-Type: {URLENCODED}", "Cookie: XSRF-TOKEN=t", "X-XSRF-TOKEN: other"), 403),
        ((f"Content-Type: {URLENCODED}; charset=punycode", "Cookie: XSRF-TOKEN=t", "X-XSRF-TOKEN: t"), 415),
        ((f"Content-Type: {URLENCODED}; charset=utf-7", "Cookie: XSRF-TOKEN=t", "X-XSRF-TOKEN: t"), 415),
        (("Content-Type: multipart/form-data; boundary=x", "Cookie: XSRF-TOKEN=t", "X-XSRF-TOKEN: t"), 415),
        (("Content-Type: application/json", "Cookie: XSRF-TOKEN=t", "X-XSRF-TOKEN: t"), 415),
    ],
)
async def test_the_head_is_judged_before_the_body_is_read(
    app: App, lines: tuple[str, ...], status: int
) -> None:
    assert f" {status} ".encode() in await app.raw(_head(*lines), is_line=True)


async def test_a_body_that_does_not_begin_with_the_token_is_not_read_to_its_end(app: App) -> None:
    head = _head(f"Content-Type: {URLENCODED}", "Cookie: XSRF-TOKEN=t")
    assert b" 403 " in await app.raw(head + b"yaml=a&csrf_token=t&", is_line=True)
    assert b" 403 " in await app.raw(head + b"yaml=" + b"a" * 2_000, is_line=True)


async def test_utf8_may_be_named_and_bytes_that_are_none_are_told(app: App) -> None:
    async with app.alice as alice:
        named = await alice.post(
            CREATE, {"yaml": "- 1"}, headers={"Content-Type": f"{URLENCODED}; charset=UTF-8"}
        )
        assert named.status == 422
        token = alice._cookie("XSRF-TOKEN")
        sent = await alice._send(
            "POST",
            CREATE,
            data=b"csrf_token=" + token.encode() + b"&yaml=%ff",
            headers={"Content-Type": URLENCODED},
        )
        assert sent.status == 400
        assert "UTF-8" in sent.text


async def test_a_thousand_chosen_services_are_one_form(app: App) -> None:
    items = "".join(f"&item={NAMESPACE}%2Fmodel-{number}%2Fu" for number in range(1_000))
    async with app.alice as alice:
        await alice.get(LIST)
        token = alice._cookie("XSRF-TOKEN")
        body = f"csrf_token={token}&action=stop{items}".encode()
        answer = await alice._send("POST", f"{LIST}/-/act", data=body, headers={"Content-Type": URLENCODED})
        assert answer.status == 200
        assert answer.text.count('name="item"') == 1_000
        body += b"".join(b"&item=x" for _ in range(300))
        answer = await alice._send("POST", f"{LIST}/-/act", data=body, headers={"Content-Type": URLENCODED})
        assert answer.status == 400
        assert "1200 fields" in answer.text


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (f"GET /models/{'a' * MAX_ADDRESS} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (f"GET /models/ HTTP/1.1\r\nX-Big: {'a' * MAX_HEADERS}\r\n\r\n", 431),
        ("GET /models/ HTTP/1.1\r\n" + "X-Many: a\r\n" * (MAX_HEADERS // 8) + "\r\n", 431),
        (f"GET /models/ HTTP/1.1\r\nX-Endless: {'a' * 4 * MAX_HEADERS}", 431),
        (f"GET /models/healthz/liveness?{'a' * (MAX_ADDRESS - 40)} HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        (f"GET /models/healthz/liveness HTTP/1.1\r\nX-Big: {'a' * (MAX_HEADERS - 40)}\r\n\r\n", 200),
    ],
    ids=["address", "header", "headers", "endless", "address that fits", "header that fits"],
)
async def test_heads_have_a_limit(app: App, lines: str, status: int) -> None:
    assert f" {status} ".encode() in await app.raw(lines.encode(), is_line=True)


async def test_what_no_parser_likes_is_the_senders_fault(app: App) -> None:
    digits = "9" * 5_000
    async with app.alice as alice:
        for text in (
            "0x",
            f"0x{digits}",
            digits,
            f"-{digits}",
            f"1e{digits}",
            f"0b{'1' * 5_000}",
            "!!int 0x",
            "!!float x",
        ):
            made = service("numbers")
            yaml = f"{{apiVersion: {made['apiVersion']}, kind: InferenceService, metadata: {{name: numbers}}, spec: {{predictor: {{maxReplicas: {text}}}}}}}"
            answer = await alice.post(CREATE, {"yaml": yaml})
            assert answer.status == 422, text[:20]
        for path in (
            f"{LIST}/-/live?once=1&seen=a-{digits}",
            f"{LIST}?page={digits}",
            f"{LIST}/services.json?per={digits}",
        ):
            assert (await alice.get(path)).status in {200, 404}
        for name in ("?namespace=..%2f..", "?namespace=%0d%0aSet-Cookie:x"):
            assert (await alice.get(f"/namespaces{name}")).status == 400
        start = await alice.get("/", follow=False, headers={"Cookie": "modelsweb-namespace=//evil.example/x"})
        assert start.headers["location"] == "/models/services"
        assert start.headers["cache-control"] == "no-store"


def _seconds(work: Callable[[int], Any], size: int) -> float:
    """The least CPU time of some runs."""
    found = []
    for _ in range(3):
        started = time.process_time()
        work(size)
        found.append(time.process_time() - started)
    return min(found)


def _request(**headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        }
    )


@pytest.mark.parametrize(
    "work",
    [
        lambda size: rendering._compact("<p>" + "\n" * size + "a</p>"),
        lambda size: rendering._compact("<p>" + " \n" * size + "a</p>\n<b>"),
        lambda size: cookie(_request(cookie='a="' + "\\1" * size + '"'), "b"),
        lambda size: form._parse(b"a=" + b"%41" * size),
        lambda size: form._parse(b"&".join(b"a=1" for _ in range(min(size, 1_000)))),
        lambda size: list(
            manifest.parse(
                "a: {" + ", ".join(f"<<: {{k{number}: 1}}" for number in range(min(size, 12_000))) + "}"
            )
        ),
        lambda size: list(manifest.parse("a: |\n" + " x\n" * size)),
        lambda size: search.parse('"' * size, frozenset()),
        lambda size: search.parse("!/" * size, frozenset()),
    ],
)
def test_no_text_takes_more_than_its_length(work: Callable[[int], Any]) -> None:
    """Four times the text takes about four times as long, never sixteen times; CPU time, so that others do not count."""
    small, large = _seconds(work, 6_000), _seconds(work, 24_000)
    assert large < 9 * small + 0.02


async def test_an_outage_tells_nobody_where_the_api_server_is(app: App) -> None:
    async with proxied(app.demo.connection) as (connection, proxy):
        address = connection.server.removeprefix("http://")
        async with running_app(app.config, connection=connection) as other, other.alice as alice:
            await other.ready()
            proxy.cut()
            paths = (
                LIST,
                f"{LIST}.json",
                f"/n/{NAMESPACE}/services/iris",
                f"{LIST}/-/live?once=1",
                "/healthz/readiness",
            )
            for path in paths:
                answer = await alice.get(path)
                assert address not in answer.text
                assert address.partition(":")[2] not in answer.text
                assert "ssl" not in answer.text.lower()


async def test_a_lost_account_of_the_app_is_no_401(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(tokens=True))

    async def expired(*_: object, **__: object) -> bytes:
        raise errors.CredentialsError("Unauthorized")

    async with running_app(config) as app, app.person(None, Authorization="Bearer x") as somebody:
        monkeypatch.setattr(KubeClient, "request", expired)
        answer = await somebody.get(LIST)
        assert answer.status == 502
        assert "Unauthorized" in answer.text


async def test_no_line_of_the_log_acts_on_a_terminal_or_breaks(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    name = "eve\x9b2J\u2028\u202e"
    with caplog.at_level(logging.INFO, logger="modelsweb.audit"):
        async with app.person(None) as eve:
            await eve.get(LIST, headers={"kubeflow-userid": name.encode().decode("latin-1")})
    lines = [cli.LineFormatter("%(name)s %(message)s").format(record) for record in caplog.records]
    lines += [cli.JsonFormatter().format(record) for record in caplog.records]
    assert any("eve" in line for line in lines)
    assert all(line.isprintable() for line in lines)
