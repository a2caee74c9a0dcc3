"""A real browser on a real demo: Debian's Chromium, and the app as its own process."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-prefers-reduced-motion",  # software draws each frame of an animation, and that is half a core
]

expect.set_options(timeout=15_000)  # a busy machine of two cores is no fault of the page


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo whose services have settled. A kubeconfig for it lies beside."""
    kubeconfig = tmp_path_factory.mktemp("demo") / "kubeconfig"
    os.environ["DEMO_KUBECONFIG"] = str(kubeconfig)
    with demo_process(kubeconfig) as (address, _):
        yield address


@pytest.fixture(scope="session")
def guarded(demo: str) -> Iterator[str]:
    """The address of an app on the demo's cluster that asks who the user is and reviews their rights."""
    with guarded_process(os.environ["DEMO_KUBECONFIG"]) as address:
        yield address


@contextmanager
def demo_process(kubeconfig: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A demo in a process of its own, its services settled."""
    port = free_port()
    command = ["demo", "--port", str(port), "--kubeconfig", str(kubeconfig)]
    process = subprocess.Popen(
        [sys.executable, "-m", "modelsweb", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert re.search(r"http://", process.stdout.readline())
        _settle(f"http://localhost:{port}")
        yield f"http://localhost:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def guarded_process(
    kubeconfig: str, *, is_ready: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """``modelsweb serve`` on a cluster, with a header that names the user; it answers, and is ready where wanted.

    ``settings`` go over the usual ones.
    """
    port = free_port()
    environment = {
        "KUBECONFIG": kubeconfig,
        "APP_PREFIX": "/",
        "APP_SECURE_COOKIES": "False",
        "MODELSWEB_WEB_PORT": str(port),
        "MODELSWEB_AUTH_CACHE_SECONDS": "0.5",
        "GRAFANA_PREFIX": "",
        **(settings or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "modelsweb", "serve"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    probe = "readiness" if is_ready else "liveness"
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{address}/healthz/{probe}"):
                break
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kubectl(*arguments: str, kubeconfig: Path | None = None) -> str:
    """What a real kubectl prints for the demo, or for another cluster."""
    program = Path(sys.executable).parent / "kubectl"
    command = [str(program), "--kubeconfig", str(kubeconfig or os.environ["DEMO_KUBECONFIG"]), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def hide(page: Page, *, hidden: bool) -> None:
    """The tab goes to the background, or comes back."""
    page.evaluate(
        """hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }""",
        hidden,
    )


def _settle(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{address}/n/team-risk/services.json") as answer:
            if answer.read().count(b'"ready"') >= 3:
                return
        time.sleep(0.2)
    raise AssertionError("the demo did not settle")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor."""
    found = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    found.grant_permissions(["clipboard-read", "clipboard-write"])
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test where the browser complains."""
    found = context.new_page()
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield found
    expected = (
        "the server responded with a status of 404",
        "the server responded with a status of 422",
        "the server responded with a status of 403",
        "net::ERR_",
    )
    assert [text for text in complaints if not any(part in text for part in expected)] == []


def violations(page: Page) -> list[str]:
    """What axe finds on a page: the rule and the element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
