"""A real browser on a real demo: Debian's Chromium, and the app as its own process."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.gateway import PREFIX, WAYS, Way, nginx
from tests.browser.processes import demo_process, guarded_process, kubectl
from tests.waiting import LIMIT

_ADMIN = "admin@example.com"
_RIGHTS = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: all}}
rules: [{{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: all}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {_ADMIN}}}]
"""
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-prefers-reduced-motion",  # software draws each frame of an animation, and that is half a core
]

expect.set_options(timeout=LIMIT * 1_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--through-nginx=WAY``: the tests of the demo reach its cluster by an app behind nginx, as a user who may do all."""
    parser.addoption(
        "--through-nginx", choices=[str(way) for way in WAYS], help="kept or stripped, plain or tls"
    )


def _way(config: pytest.Config) -> Way | None:
    asked = config.getoption("--through-nginx", None)
    return next((way for way in WAYS if str(way) == asked), None)


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo whose services have settled. A kubeconfig for it lies beside."""
    kubeconfig = tmp_path_factory.mktemp("demo") / "kubeconfig"
    os.environ["DEMO_KUBECONFIG"] = str(kubeconfig)
    way = _way(request.config)
    with demo_process(kubeconfig) as (address, _):
        if way is None:
            yield address
            return
        rights = kubeconfig.with_name("rights.yaml")
        rights.write_text(_RIGHTS)
        kubectl("create", "-f", str(rights))
        settings = {"APP_PREFIX": PREFIX, "APP_SECURE_COOKIES": str(way.is_tls)}
        with (
            guarded_process(str(kubeconfig), settings=settings) as app,
            nginx(tmp_path_factory.mktemp("nginx"), app, way=way, user=_ADMIN) as gateway,
        ):
            yield f"{gateway}{PREFIX}"


@pytest.fixture(scope="session")
def guarded(demo: str) -> Iterator[str]:
    """The address of an app on the demo's cluster that asks who the user is and reviews their rights."""
    with guarded_process(os.environ["DEMO_KUBECONFIG"]) as address:
        yield address


def hide(page: Page, *, hidden: bool) -> None:
    """The tab goes to the background, or comes back."""
    page.evaluate(
        """hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }""",
        hidden,
    )


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One Chromium for all tests."""
    way = _way(request.config)
    own = ["--ignore-certificate-errors"] if way is not None and way.is_tls else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *own])
        for name in ("new_page", "new_context"):
            setattr(found, name, _patient(getattr(found, name)))
        yield found
        found.close()


def _patient(make: Callable[..., Any]) -> Callable[..., Any]:
    """What makes pages, with our limit for all that they wait for."""

    def made(**options: Any) -> Any:
        one = make(**options)
        one.set_default_timeout(LIMIT * 1_000)
        return one

    return made


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
