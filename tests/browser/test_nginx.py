"""Behind a real nginx that names the user: with the prefix stripped and not, over plain http and TLS."""

import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import hide
from tests.browser.editor import write
from tests.browser.gateway import PREFIX, WAYS, Way, nginx
from tests.browser.processes import guarded_process, kubectl
from tests.browser.test_journey import live_and_die
from tests.waiting import LIMIT


@pytest.fixture(
    params=WAYS,
    ids=str,
)
def behind(
    request: pytest.FixtureRequest, demo: str, browser: Browser, tmp_path: Path
) -> Iterator[tuple[Page, str]]:
    """A page whose requests pass through nginx, and the address; no request may leave the prefix."""
    way: Way = request.param
    settings = {"APP_PREFIX": PREFIX, "APP_SECURE_COOKIES": str(way.is_tls)}
    with (
        guarded_process(os.environ["DEMO_KUBECONFIG"], settings=settings) as app,
        nginx(tmp_path, app, way=way) as address,
    ):
        context = browser.new_context(ignore_https_errors=True, locale="en-US")
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        yield page, address
        outside = [
            url for url in asked if url.startswith("http") and not url.startswith(f"{address}{PREFIX}")
        ]
        assert outside == []
        cookies = context.cookies()
        assert {cookie["path"] for cookie in cookies} == {PREFIX}
        assert {cookie["secure"] for cookie in cookies} == {way.is_tls}
        context.close()


def test_the_whole_journey_stays_below_the_prefix(behind: tuple[Page, str]) -> None:
    page, address = behind
    page.goto(address + PREFIX)
    expect(page).to_have_url(re.compile(f"^{address}{PREFIX}/"))
    page.goto(f"{address}{PREFIX}/n/team-risk/services")
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    expect(page.locator("#insecure")).to_be_hidden()
    expect(page.get_by_text("alice@example.com")).to_be_visible()
    page.get_by_role("link", name="Create").click()
    live_and_die(page, f"{address}{PREFIX}/n/team-risk", "through-nginx")


FORGERS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: forgers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kserve-view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: forgers}]
"""


def test_headers_that_the_browser_forges_do_not_pass(demo: str, tmp_path: Path) -> None:
    """The group may read team-vision, alice may not: past nginx it works, through it nothing of what is sent counts."""
    forged = {"kubeflow-userid": "alice@example.com", "kubeflow-groups": "forgers"}
    settings = {"APP_PREFIX": PREFIX, "MODELSWEB_AUTH_GROUPS_HEADER": "kubeflow-groups"}
    path = f"{PREFIX}/n/team-vision/services.json"
    (tmp_path / "binding.yaml").write_text(FORGERS)
    kubectl("create", "-f", str(tmp_path / "binding.yaml"))
    try:
        with (
            guarded_process(os.environ["DEMO_KUBECONFIG"], settings=settings) as app,
            nginx(tmp_path, app, way=Way(is_stripped=False, is_tls=False)) as address,
        ):
            assert _status(app + path, forged) == 200
            assert _status(address + path, forged) == 403
            forged["kubeflow-userid"] = "admin"
            request = urllib.request.Request(f"{address}{PREFIX}/namespaces", headers=forged)
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                text = answer.read().decode()
    finally:
        kubectl("delete", "clusterrolebinding", "forgers")
    assert "alice@example.com" in text
    assert 'title="admin"' not in text


def _status(address: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=headers), timeout=LIMIT
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_secure_cookies_over_plain_http_are_said_on_the_page(
    demo: str, browser: Browser, tmp_path: Path
) -> None:
    settings = {"APP_PREFIX": PREFIX, "APP_SECURE_COOKIES": "True"}
    with (
        guarded_process(os.environ["DEMO_KUBECONFIG"], settings=settings) as app,
        nginx(tmp_path, app, way=Way(is_stripped=True, is_tls=False)) as address,
    ):
        page = browser.new_page(locale="en-US")
        page.route("**/*", _without_cookies)
        page.goto(f"{address}{PREFIX}/n/team-risk/create")
        expect(page.locator("#insecure")).to_contain_text("APP_SECURE_COOKIES=False")
        page.unroute_all(behavior="ignoreErrors")  # a request on its way would fail the next test
        page.close()


def test_two_replicas_give_the_same_answers(demo: str, browser: Browser, tmp_path: Path) -> None:
    settings = {"APP_PREFIX": PREFIX, "APP_SECURE_COOKIES": "False"}
    kubeconfig = os.environ["DEMO_KUBECONFIG"]
    with (
        guarded_process(kubeconfig, settings=settings) as one,
        guarded_process(kubeconfig, settings=settings) as other,
        nginx(tmp_path, one, other, way=Way(is_stripped=True, is_tls=False)) as address,
    ):
        page = browser.new_page(locale="en-US")
        page.goto(f"{address}{PREFIX}/n/team-risk/services?sort=name")
        names = page.locator("#services tbody .mw-name").all_inner_texts()
        for _ in range(4):
            expect(page.locator("html")).to_have_attribute("data-stream", "live")
            assert page.locator("#services tbody .mw-name").all_inner_texts() == names
            hide(page, hidden=True)
            hide(page, hidden=False)
        page.goto(f"{address}{PREFIX}/n/team-risk/services/credit-score/logs")
        expect(page.locator(".mw-entry").nth(5)).to_be_visible()
        for _ in range(4):
            before = page.locator(".mw-entry").count()
            hide(page, hidden=True)
            hide(page, hidden=False)
            page.wait_for_function("n => document.querySelectorAll('.mw-entry').length > n", arg=before)
        found = page.locator(".mw-entry").evaluate_all(
            "all => all.map(one => one.querySelector('time').title + one.querySelector('.mw-entry-pod').title)"
        )
        assert len(found) == len(set(found))
        page.goto(f"{address}{PREFIX}/n/team-risk/create")
        write(page, "kind: nothing")
        page.get_by_role("button", name="Create").click()  # the form of one, taken by the other
        expect(page.get_by_role("heading", name="Nothing was created")).to_be_visible()
        page.close()


def _without_cookies(route: Route) -> None:
    """Chromium keeps secure cookies of localhost even over plain http; of other hosts it drops them, as here."""
    answer = route.fetch()
    headers = {key: value for key, value in answer.headers.items() if key != "set-cookie"}
    route.fulfill(response=answer, headers=headers)
