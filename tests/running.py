"""The app as its users meet it: over HTTP on loopback, with a demo cluster behind it."""

import asyncio
import io
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import aiohttp

from modelsweb import wiring
from modelsweb.clock import SystemClock
from modelsweb.config import Config
from modelsweb.demo import cluster as demo_cluster
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from tests.sample_objects import service
from tests.waiting import LIMIT, until

NAMESPACE = "team-risk"


@dataclass
class Reply:
    """An answer, read to its end."""

    status: int
    text: str
    headers: Mapping[str, str]
    url: str


@dataclass
class Person:
    """Somebody with a browser's cookies. ``name`` is what the proxy would put into the header; None for nobody."""

    address: str
    prefix: str
    name: str | None
    headers: dict[str, str] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        named = {"kubeflow-userid": self.name} if self.name else {}
        self._session = aiohttp.ClientSession(
            headers={**named, **self.headers}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, path: str, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Reply:
        """GET below the prefix."""
        return await self._send("GET", path, headers=headers or {}, allow_redirects=follow)

    async def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        token: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """POST a form, with the CSRF token as our pages have it unless ``token`` is False."""
        data = {"csrf_token": "", **form}
        if token:
            page = await self.get("/namespaces")
            found = self._cookie("XSRF-TOKEN")
            assert found, page.headers
            data["csrf_token"] = found
        elif not data["csrf_token"]:
            del data["csrf_token"]
        body = io.BytesIO(urlencode(data).encode())
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return await self._send("POST", path, data=body, headers=sent)

    async def call(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """As a program does: JSON, and the header that a browser sends nobody unasked."""
        sent = {"X-Requested-By": "tests", **(headers or {})}
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        return await self._send(method, path, data=data, headers=sent)

    def _cookie(self, name: str) -> str:
        assert self._session is not None
        return next((cookie.value for cookie in self._session.cookie_jar if cookie.key == name), "")

    async def _send(self, method: str, path: str, **options: Any) -> Reply:
        assert self._session is not None
        async with self._session.request(method, self.address + self.prefix + path, **options) as answer:
            return Reply(answer.status, await answer.text(), answer.headers, str(answer.url))

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """An answer that is still coming."""
        assert self._session is not None
        async with self._session.get(self.address + self.prefix + path) as answer:
            yield answer


async def next_message(answer: aiohttp.ClientResponse) -> str:
    """The next message of a live stream; comments are passed over. Empty at its end."""
    lines = []
    while True:
        line = (await asyncio.wait_for(answer.content.readline(), LIMIT)).decode()
        if line.startswith("data: "):
            lines.append(line[6:])
        elif line == "\n" and lines:
            return "".join(lines)
        elif not line:
            return ""


async def message_with(answer: aiohttp.ClientResponse, words: str) -> str:
    """The next message that holds the words. Fails at the end of the stream."""
    while message := await next_message(answer):
        if words in message:
            return message
    raise AssertionError(f"the stream ended without {words!r}")


@dataclass
class App:
    """A running app and its cluster."""

    address: str
    config: Config
    demo: demo_cluster.DemoCluster
    cluster: KubeClient
    closing: asyncio.Event

    def person(self, name: str | None, **headers: str) -> Person:
        """A persona: alice@example.com may edit team-risk, bob@example.com may read it, anybody else nothing."""
        return Person(self.address, self.config.web.prefix, name, headers)

    async def ready(self) -> None:
        """Returns once it has read its cluster."""
        async with self.person(None) as nobody:

            async def is_ready() -> bool:
                return (await nobody.get("/healthz/readiness")).status == 200

            await until(is_ready)

    @property
    def alice(self) -> Person:
        """May edit team-risk."""
        return self.person("alice@example.com")

    @property
    def bob(self) -> Person:
        """May read team-risk."""
        return self.person("bob@example.com")

    @property
    def charlie(self) -> Person:
        """May do nothing."""
        return self.person("charlie@example.com")

    async def add(self, name: str, **spec: Any) -> dict[str, Any]:
        """A service in team-risk that the app has seen."""
        created = await self.cluster.create(INFERENCE_SERVICE, service(name, **spec), namespace=NAMESPACE)
        await self.seen(name)
        return created

    async def raw(self, request: bytes, *, is_line: bool = False) -> bytes:
        """The answer to bytes that no browser would send: its first line alone where its body may never come, else as
        much of it as comes at once."""
        address = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request)
        try:
            async with asyncio.timeout(LIMIT):
                return await (reader.readuntil(b"\r\n") if is_line else reader.read(65_536))
        finally:
            writer.close()

    async def seen(self, name: str) -> None:
        """Returns once the app shows the service."""
        async with self.alice as alice:

            async def shown() -> bool:
                return f'"{name}"' in (await alice.get(f"/n/{NAMESPACE}/services.json")).text

            await until(shown)


@asynccontextmanager
async def running_app(
    config: Config, *, with_simulator: bool = False, connection: Connection | None = None
) -> AsyncIterator[App]:
    """The app on a free port; ``connection`` puts another cluster behind it than the demo one that is started."""
    clock, closing = SystemClock(), asyncio.Event()
    async with (
        demo_cluster.running(clock, with_services=False, with_simulator=with_simulator, pace=0.02) as demo,
        KubeClient(demo.connection) as client,
        wiring.running(config, connection or demo.connection, clock=clock, closing=closing) as application,
    ):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            listening = asyncio.Event()
            server = wiring.Server(
                wiring.uvicorn_config(application, config), closing, listening=listening.set
            )
            serving = asyncio.ensure_future(_serve_quietly(server, sock))
            await listening.wait()
            found = App(f"http://127.0.0.1:{sock.getsockname()[1]}", config, demo, client, closing)
            try:
                if connection is None:
                    await found.ready()
                yield found
            finally:
                closing.set()
                server.should_exit = True
                await serving


async def _serve_quietly(server: wiring.Server, sock: socket.socket) -> None:
    # The test runner has the signals; uvicorn's own serve() would take them.
    await server._serve([sock])


def text_of(html: str) -> str:
    """The words of a page, without its markup."""
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL))
    ).strip()
