"""The metrics tab in a browser: our own charts on the demo's figures, and a Grafana behind the same gateway."""

import json
import os
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import violations
from tests.browser.processes import guarded_process

METRICS = "/n/team-risk/services/credit-score/metrics"
LLM = "/n/team-language/services/support-chat/metrics"
DASHBOARDS = [
    {
        "uid": "cpu",
        "title": "Revision CPU",
        "url": "/grafana/d/cpu/knative-serving-revision-cpu-and-memory-usage",
    },
    {
        "uid": "http",
        "title": "HTTP Requests",
        "url": "/grafana/d/http/knative-serving-revision-http-requests",
    },
]


def _loaded(page: Page) -> None:
    expect(page.locator("#charts[data-loaded]")).to_be_attached()


def test_every_chart_is_drawn_and_the_cursor_goes_over_all(page: Page, demo: str) -> None:
    page.goto(demo + METRICS)
    _loaded(page)
    for name in ("requests", "latency", "errors", "in-flight", "replicas", "cpu", "memory"):
        expect(page.locator(f"#chart-{name} canvas")).to_be_visible()
    expect(page.locator("#chart-tokens")).to_be_hidden()
    expect(page.locator("#chart-latency .mw-legend li")).to_have_count(3)
    expect(page.locator("#chart-replicas .mw-legend")).to_contain_text("credit-score-predictor-00001")
    page.locator("#chart-requests .u-over").hover()
    expect(page.locator("#metrics-cursor")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(page.get_by_text("Simulated demo data")).to_be_visible()


def test_a_drag_zooms_all_charts_and_back_returns(page: Page, demo: str) -> None:
    page.goto(demo + METRICS)
    _loaded(page)
    box = page.locator("#chart-latency .u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 50, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
    with page.expect_response("**/charts.json?*from=*") as answered:
        page.mouse.up()
    asked = parse_qs(urlsplit(page.url).query)
    start, end = int(asked["from"][0]), int(asked["to"][0])
    assert 60 <= end - start < 3_600
    found = answered.value.json()
    assert abs(found["start"] - start) <= found["step"]
    expect(page.locator("#metrics-ranges [aria-current]")).to_have_count(0)
    expect(page.locator("#metrics-fixed")).to_contain_text("Back to the last hour")
    expect(page.get_by_label("Refresh")).to_be_hidden()
    with page.expect_response("**/charts.json"):
        page.go_back()
    expect(page.get_by_role("link", name="1 h", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.locator("#metrics-fixed")).to_be_hidden()


def test_range_and_refresh_stay_in_the_link(page: Page, demo: str) -> None:
    page.goto(demo + METRICS)
    page.get_by_role("link", name="6 h", exact=True).click()
    expect(page).to_have_url(re.compile(r"range=6h"))
    expect(page.locator("html[data-ready]")).to_be_attached()
    _loaded(page)
    page.get_by_label("Refresh").select_option("0")
    expect(page).to_have_url(re.compile(r"range=6h.*refresh=0|refresh=0.*range=6h"))
    expect(page.get_by_role("link", name="6 h", exact=True)).to_have_attribute("aria-current", "true")


def test_a_chart_has_a_table_and_a_file(page: Page, demo: str) -> None:
    page.goto(demo + METRICS)
    _loaded(page)
    page.get_by_role("button", name="Show Requests as a table").press("Enter")
    table = page.locator("#chart-requests table")
    expect(table.locator("th")).to_have_text(["Time", "2xx", "5xx"])
    expect(table.locator("tbody tr")).to_have_count(241)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Requests as CSV").click()
    assert download.value.suggested_filename.startswith("credit-score-requests-")


def test_status_changes_do_not_reload_the_charts(page: Page, demo: str) -> None:
    page.goto(demo + METRICS + "?refresh=0")
    _loaded(page)
    page.evaluate("document.querySelector('#chart-cpu canvas').dataset.mine = '1'")
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    expect(page.locator("#chart-cpu canvas[data-mine]")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-Hans", "dark")])
def test_the_metrics_of_a_language_model_are_axe_clean(
    context: BrowserContext, demo: str, language: str, theme: str
) -> None:
    for name, value in (("modelsweb-language", language), ("modelsweb-theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": demo}])
    page = context.new_page()
    page.goto(demo + LLM)
    _loaded(page)
    for name in ("first-token", "tokens", "queue", "cache", "gpu"):
        expect(page.locator(f"#chart-{name} canvas")).to_be_visible()
    expect(page.locator("#chart-errors .mw-chart-empty")).to_contain_text("Istio")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_the_list_has_small_lines(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    expect(page.locator('mw-sparkline[data-of="team-risk/credit-score"] path').first).to_be_visible()
    expect(page.locator('mw-sparkline[data-of="team-risk/credit-score"]')).to_have_attribute(
        "title", re.compile(r"requests a second, .* errors")
    )
    assert violations(page) == []


# -- Grafana ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind(demo: str) -> Iterator[str]:
    """An app without a Prometheus, which looks for a Grafana."""
    with guarded_process(
        os.environ["DEMO_KUBECONFIG"], settings={"APP_DISABLE_AUTH": "True", "GRAFANA_PREFIX": "/grafana"}
    ) as address:
        yield address


def _grafana(context: BrowserContext, address: str) -> list[str]:
    """A Grafana under the app's own address; what its panels were asked for."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/grafana/api/search":
            route.fulfill(json=DASHBOARDS)
        else:
            asked.append(route.request.url)
            route.fulfill(content_type="text/html", body="<!DOCTYPE html><title>panel</title><p>panel</p>")

    context.route(f"{address}/grafana/**", answer)
    return asked


def test_without_grafana_there_is_no_trace_of_it(context: BrowserContext, behind: str) -> None:
    page = context.new_page()
    with page.expect_response("**/grafana/api/search*"):
        page.goto(behind + "/n/team-risk/services/credit-score")
    expect(page.get_by_role("link", name="Metrics")).to_be_hidden()
    page.goto(behind + METRICS)
    expect(page.get_by_role("heading", name="No metrics source for this service")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panels_of_a_grafana_are_shown(browser: Browser, behind: str, theme: str) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 2000})
    context.add_cookies([{"name": "modelsweb-theme", "value": theme, "url": behind}])
    asked = _grafana(context, behind)
    page = context.new_page()
    page.goto(behind + "/n/team-risk/services/credit-score")
    page.get_by_role("link", name="Metrics").click()
    frames = page.locator("#grafana iframe")
    expect(frames).to_have_count(6)
    expect(page.get_by_text("No metrics source for this service")).to_be_hidden()
    for title in ("Revision CPU, panel 2", "HTTP Requests, panel 17"):
        expect(page.get_by_title(title)).to_be_visible()
    src = frames.first.get_attribute("src") or ""
    query = parse_qs(urlsplit(src).query)
    assert urlsplit(src).path == "/grafana/d-solo/cpu/knative-serving-revision-cpu-and-memory-usage"
    assert query["theme"] == [theme]
    assert query["var-namespace"] == ["team-risk"]
    assert query["var-configuration"] == ["credit-score-predictor"]
    assert query["var-revision"] == ["credit-score-predictor-00001"]
    assert (query["from"], query["to"], query["panelId"]) == (["now-3600s"], ["now"], ["2"])
    page.get_by_role("link", name="6 h", exact=True).click()
    expect(frames.first).to_have_attribute("src", re.compile("from=now-21600s"))
    assert violations(page) == []
    assert asked
    context.close()


def test_any_dashboards_and_variables_by_configuration(browser: Browser, demo: str) -> None:
    panels = [{"dashboard": "HTTP Requests", "panels": [4], "variables": {"pod": "$pods", "svc": "$service"}}]
    panels.append({"dashboard": "nobody's", "panels": [1]})
    settings = {"APP_DISABLE_AUTH": "True", "GRAFANA_PREFIX": "/grafana"}
    settings |= {"MODELSWEB_METRICS_GRAFANA_PANELS": json.dumps(panels)}
    with guarded_process(os.environ["DEMO_KUBECONFIG"], settings=settings) as address:
        context = browser.new_context(locale="en-US")
        _grafana(context, address)
        page = context.new_page()
        page.goto(address + "/n/team-risk/services/default-risk/metrics")
        expect(page.get_by_text("Grafana has no dashboard nobody's.").first).to_be_visible()
        src = page.locator("#grafana iframe").first.get_attribute("src") or ""
        query = parse_qs(urlsplit(src).query)
        assert query["var-svc"] == ["default-risk"]
        assert "default-risk" in query["var-pod"][0]
        context.close()
