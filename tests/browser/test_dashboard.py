"""In the frame of a page that plays Kubeflow's central dashboard: the namespace comes from there."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

DASHBOARD = """<!DOCTYPE html><html lang="en"><head><title>Dashboard</title></head><body>
<iframe id="app" title="app" src="SRC" style="width: 100%; height: 700px; border: 0"></iframe>
<script>
  window.prefix = "PREFIX";
  window.seen = []; window.selected = {type: "namespace-selected", value: "team-risk"};
  addEventListener("message", event => {
    window.seen.push(event.data.type);
    if (event.data.type === "iframe-connected") send(window.selected);
  });
  function send(message) { document.getElementById("app").contentWindow.postMessage(message, location.origin); }
  function select(message) { window.selected = message; send(message); }
</script></body></html>"""


@pytest.fixture
def dashboard(browser: Browser) -> Iterator[Page]:
    """A page at the app's own origin; ``open_at`` shows the app in its frame."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US", color_scheme="dark")
    yield page
    page.close()


def open_at(page: Page, demo: str, path: str) -> FrameLocator:
    address = urlsplit(demo)
    body = DASHBOARD.replace("SRC", address.path + path).replace("PREFIX", address.path)

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=body)

    page.route("**/_/dashboard", answer)
    page.goto(f"{address.scheme}://{address.netloc}/_/dashboard")
    return page.frame_locator("#app")


def _path(page: Page) -> str:
    """The app's path below its prefix."""
    inside = "document.getElementById('app').contentWindow.location.pathname"
    return str(page.evaluate(f"{inside}.slice(window.prefix.length)"))


def _is_at(page: Page, path: str) -> None:
    page.wait_for_function(
        "path => document.getElementById('app').contentWindow.location.pathname === window.prefix + path",
        arg=path,
    )


def test_the_list_follows_the_dashboard_s_namespace(dashboard: Page, demo: str) -> None:
    frame = open_at(dashboard, demo, "/")
    _is_at(dashboard, "/n/team-risk/services")
    expect(frame.get_by_role("heading", name="Model services")).to_be_visible()
    expect(frame.get_by_label("Namespace")).to_be_hidden()
    expect(frame.locator(".mw-brand")).to_be_hidden()
    expect(frame.get_by_role("link", name="Open in a new tab")).to_be_visible()
    assert "iframe-connected" in dashboard.evaluate("window.seen")
    dashboard.evaluate("select({type: 'namespace-selected', value: 'team-vision'})")
    _is_at(dashboard, "/n/team-vision/services")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")  # before, it would take this place
    dashboard.evaluate("select({type: 'all-namespaces', value: ['team-risk', 'team-vision']})")
    _is_at(dashboard, "/services")
    expect(frame.get_by_role("columnheader", name="Namespace")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    dashboard.evaluate("history.back()")
    _is_at(dashboard, "/n/team-vision/services")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    dashboard.evaluate("select({type: 'namespace-selected', value: 'team-risk'})")
    _is_at(dashboard, "/n/team-risk/services")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    frame.get_by_role("link", name="fraud", exact=True).click()
    _is_at(dashboard, "/n/team-risk/services/fraud")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    dashboard.evaluate("history.back()")
    _is_at(dashboard, "/n/team-risk/services")


def test_a_deep_link_to_an_object_stays_until_the_user_selects_anew(dashboard: Page, demo: str) -> None:
    frame = open_at(dashboard, demo, "/n/team-vision/services/iris-demo")
    expect(frame.get_by_role("heading", name="iris-demo")).to_be_visible()
    dashboard.wait_for_function("window.seen.length > 0")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    assert _path(dashboard) == "/n/team-vision/services/iris-demo"
    dashboard.evaluate("select({type: 'namespace-selected', value: 'team-language'})")
    _is_at(dashboard, "/n/team-language/services")


def test_messages_of_others_and_nonsense_are_not_obeyed(dashboard: Page, demo: str) -> None:
    frame = open_at(dashboard, demo, "/n/team-risk/services")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    for message in (
        "{type: 'namespace-selected', value: '../../evil'}",
        "{type: 'namespace-selected', value: 'Team'}",
        "{type: 'namespace-selected', value: 7}",
        "{type: 'all-namespaces', value: 'all'}",
        "'text'",
        "null",
    ):
        dashboard.evaluate(f"send({message})")
    dashboard.evaluate(
        """() => { const other = document.createElement('iframe'); document.body.append(other);
            const script = other.contentDocument.createElement('script');
            script.textContent = "parent.document.getElementById('app').contentWindow.postMessage("
                + "{type: 'namespace-selected', value: 'team-vision'}, '*')";
            other.contentDocument.body.append(script); }"""
    )
    frame.get_by_role("link", name="Name", exact=True).click()
    expect(frame.locator("th[aria-sort]")).to_be_visible()
    assert _path(dashboard) == "/n/team-risk/services"


def test_in_the_frame_the_page_is_light_and_axe_clean(dashboard: Page, demo: str) -> None:
    frame = open_at(dashboard, demo, "/n/team-risk/services")
    expect(frame.locator("html")).to_have_attribute("data-stream", "live")
    expect(frame.locator("html")).not_to_have_class(re.compile("pf-v6-theme-dark"))
    found = Axe().run(dashboard).response["violations"]
    ours = [
        one["id"] for one in found if one["id"] not in {"landmark-one-main", "page-has-heading-one", "region"}
    ]
    assert ours == []
