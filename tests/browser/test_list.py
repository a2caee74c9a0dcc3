"""The list as people use it all day: filters in the URL, rows that keep still, many at once, and every state."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import hide, violations
from tests.browser.processes import demo_process, guarded_process, kubectl
from tests.browser.test_journey import YAML

ALL = "/services"
RISK = "/n/team-risk/services"


def _names(page: Page) -> list[str]:
    return page.locator("#services tbody .mw-name").all_inner_texts()


def _apply(namespace: str, *names: str) -> None:
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("some.yaml")
    file.write_text("---\n".join(YAML.replace("NAME", name) for name in names))
    kubectl("-n", namespace, "apply", "-f", str(file))


def test_filters_are_links_and_back_and_forward_walk_them(page: Page, demo: str, browser: Browser) -> None:
    page.goto(demo + ALL)
    everything = _names(page)
    page.get_by_role("link", name="6 Failed").click()
    expect(page).to_have_url(re.compile(r"\?status=failed$"))
    expect(page.locator("#services tbody")).to_have_count(6)
    page.locator("#facet-namespace summary").click()
    page.locator("#facet-namespace").get_by_role("checkbox", name="team-risk").click()
    expect(page).to_have_url(re.compile(r"status=failed&namespace=team-risk"))
    expect(page.locator("#services tbody")).to_have_count(2)
    expect(page.locator("#facet-namespace .mw-menu-panel")).to_be_visible()
    narrowed = _names(page)
    page.go_back()
    expect(page.locator("#services tbody")).to_have_count(6)
    page.go_back()
    expect(page.locator("#services tbody")).to_have_count(len(everything))
    page.go_forward()
    page.go_forward()
    expect(page.locator("#services tbody")).to_have_count(2)
    other = browser.new_page(locale="en-US")
    other.goto(page.url)
    assert _names(other) == narrowed
    other.close()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("#services tbody")).to_have_count(len(everything))
    expect(page).to_have_url(re.compile(r"\?status=&namespace=$"))


def test_a_menu_of_many_values_is_searched(page: Page, demo: str) -> None:
    names = [f"labelled-{number}" for number in range(10)]
    _apply("team-risk", *names)
    for number, name in enumerate(names):
        kubectl("-n", "team-risk", "label", "inferenceservice", name, f"sample=value-{number}")
    page.goto(demo + RISK)
    menu = page.locator("#facet-label:has(.mw-menu-search)")
    menu.locator("summary").click()
    field, values = menu.get_by_role("searchbox", name="Find a value"), menu.get_by_role("checkbox")
    expect(field).to_be_visible()
    assert values.count() >= 10
    field.fill("SAMPLE value-7")
    expect(values).to_have_count(1)
    page.evaluate("document.dispatchEvent(new Event('htmx:after:swap'))")
    expect(values).to_have_count(1)
    assert violations(page) == []
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]\w+=."))
    expect(values).to_have_count(1)
    field.fill("no such value")
    expect(values).to_have_count(0)


def test_an_open_menu_stays_in_the_window_when_the_page_changes(page: Page, demo: str) -> None:
    width = 1280
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(demo + ALL)
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    menu = page.locator("details#facet-label")
    menu.locator("summary").click()
    expect(menu).to_have_class(re.compile("mw-menu-end"))  # it has no room to the right
    _apply("default", "beside-a-menu")
    expect(page.locator("#services tbody", has_text="beside-a-menu")).to_be_visible()
    box = menu.locator(".mw-menu-panel").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    kubectl("-n", "default", "delete", "inferenceservice", "beside-a-menu", "--wait=false")


def test_stale_parameters_of_a_frame_are_gone_before_load(page: Page, demo: str) -> None:
    page.add_init_script("addEventListener('load', () => { window.atLoad = location.search; })")
    page.goto(demo + ALL + "?q=&status=failed&q=stale&ns=other&status=ready")
    assert page.evaluate("window.atLoad") == "?q=&status=failed"
    expect(page.locator("#services tbody")).to_have_count(6)


def test_search_by_keyboard_makes_one_entry_and_keeps_the_focus(page: Page, demo: str) -> None:
    page.goto(demo + ALL)
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("fra", delay=30)
    expect(page.locator("#services tbody")).to_have_count(1)
    page.keyboard.type("ud", delay=400)
    expect(page).to_have_url(re.compile(r"q=fraud"))
    expect(search).to_be_focused()
    expect(search).to_have_value("fraud")
    page.go_back()
    expect(page).to_have_url(demo + ALL)
    expect(page.locator("#services tbody").nth(5)).to_be_visible()


def test_a_bad_pattern_is_told_where_it_was_typed(page: Page, demo: str) -> None:
    page.goto(demo + ALL + "?q=%2F(%2F")
    expect(page.get_by_role("alert")).to_contain_text("is not a valid regular expression")
    assert len(_names(page)) > 5


def test_f_shows_faults_and_no_match_says_how_many_there_are(page: Page, demo: str) -> None:
    page.goto(demo + ALL)
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    page.keyboard.press("f")
    expect(page.locator("#faults")).to_have_attribute("aria-checked", "true")
    expect(page.locator('#services tbody[data-status="ready"]')).to_have_count(0)
    page.goto(demo + ALL + "?q=nothing-is-called-so")
    expect(page.get_by_role("heading", name="No services match the filters")).to_be_visible()
    page.get_by_role("link", name="Clear filters").first.click()
    expect(page.locator("#services tbody").nth(5)).to_be_visible()
    page.goto(demo + "/n/default/services?faults=1")
    expect(
        page.get_by_text(re.compile("No model services in default|Nothing needs attention"))
    ).to_be_visible()


def test_columns_sort_and_export_follow_the_url(page: Page, demo: str) -> None:
    page.goto(demo + RISK)
    page.locator("#menu-columns summary").click()
    page.locator("#menu-columns").get_by_role("checkbox", name="Owner").click()
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    page.get_by_role("link", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile("sort=name"))
    names = _names(page)
    assert names == sorted(names)
    page.locator("#menu-export summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    exported = json.loads(Path(download.value.path()).read_text())
    assert [row["name"] for row in exported] == names
    assert "owner" in exported[0]


def test_a_row_under_the_pointer_keeps_its_place(page: Page, demo: str) -> None:
    _apply("default", "still-b")
    page.goto(demo + "/n/default/services?sort=name")
    row = page.locator("tbody", has=page.get_by_role("link", name="still-b", exact=True))
    expect(row).to_be_visible()
    row.hover()
    before = row.bounding_box()
    _apply("default", "still-a")
    expect(page.get_by_role("button", name="1 change pending")).to_be_visible()
    now = row.bounding_box()
    assert before is not None
    assert now is not None
    assert abs(now["x"] - before["x"]) < 1
    assert abs(now["y"] - before["y"]) < 1
    assert _names(page)[0] == "still-b"
    page.mouse.move(0, 0)
    expect(page.get_by_role("link", name="still-a", exact=True)).to_be_visible()
    assert _names(page) == ["still-a", "still-b"]
    kubectl("-n", "default", "delete", "inferenceservices", "--all", "--wait=false")


def test_the_bar_of_actions_counts_and_is_the_next_stop_of_the_keyboard(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    box = page.get_by_role("checkbox", name="Select credit-score")
    box.check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start…")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(box).to_be_focused()
    total = page.locator("#pager").get_attribute("data-matching")
    page.get_by_role("checkbox", name=f"Select all {total} matching services").check()
    expect(page.get_by_text(f"{total} selected")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="credit-score", exact=True)).to_be_focused()


def test_a_filter_is_ticked_by_the_space_bar_and_causes_are_told(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    page.locator("#facet-why summary").click()
    cause = page.locator("#facet-why").get_by_role("checkbox", name="The model cannot be downloaded")
    cause.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("why=download-failed"))
    expect(cause).to_be_checked()
    expect(page.locator("#services tbody")).to_have_count(1)
    page.goto(demo + "/services")
    page.locator("#search-keys summary").click()
    expect(page.locator("#search-keys")).to_contain_text("namespace:")
    page.locator("#facet-gpu summary").click()
    page.locator("#facet-gpu").get_by_role("checkbox", name="Any").click()
    expect(page.locator("#summary")).to_contain_text("GPUs requested")
    expect(page.locator("#services tbody")).to_have_count(2)


def test_stop_start_and_delete_several(page: Page, demo: str) -> None:
    _apply("default", "many-a", "many-b", "many-c")
    page.goto(demo + "/n/default/services?q=many")
    expect(page.get_by_role("checkbox", name="Select many-b")).to_be_visible()
    before = page.get_by_role("checkbox", name="Select many-b").bounding_box()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="many-a", exact=True)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Select many-a")).to_be_checked()
    assert page.get_by_role("checkbox", name="Select many-b").bounding_box() == before
    page.get_by_role("checkbox", name="Select many-b").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Stop…").click()
    expect(page.get_by_role("heading", name="Stop 2 services?")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("heading", name="2 services stopped")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile("q=many"))
    expect(page.locator('tbody[data-status="stopped"]')).to_have_count(2)
    page.mouse.move(0, 0)
    page.get_by_role("checkbox", name="Select all rows on this page").check()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_label("Type the number of services, 3, to confirm").fill("2")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deleted")
    page.get_by_label("Type the number of services, 3, to confirm").fill("3")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Deletion of 3 services requested")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("link", name="many-a", exact=True)).to_have_count(0)


def test_behind_a_proxy_that_holds_streams_back_the_page_asks(page: Page, demo: str) -> None:
    def hold(route: Route) -> None:
        if "once=1" in route.request.url:
            route.continue_()  # anything else is never answered

    page.route("**/live?**", hold)
    page.goto(demo + "/n/default/services")
    expect(page.locator("html")).to_have_attribute("data-stream", "polling")
    _apply("default", "polled")
    expect(page.get_by_role("link", name="polled", exact=True)).to_be_visible()
    kubectl("-n", "default", "delete", "inferenceservices", "--all", "--wait=false")


def test_a_hidden_tab_pauses_and_catches_up(page: Page, demo: str) -> None:
    page.goto(demo + "/n/default/services")
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    hide(page, hidden=True)
    expect(page.locator("html")).to_have_attribute("data-stream", "paused")
    _apply("default", "missed")
    hide(page, hidden=False)
    expect(page.get_by_role("link", name="missed", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    kubectl("-n", "default", "delete", "inferenceservices", "--all", "--wait=false")


# -- with rights ----------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(guarded: str, browser: Browser) -> Iterator[Page]:
    """Alice, who may edit team-risk, only look at team-vision, and not even that at team-language."""
    rules = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: alice-looks, namespace: team-vision}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: NAME}
subjects: [{kind: User, name: alice@example.com, apiGroup: rbac.authorization.k8s.io}]
"""
    binding = json.loads(kubectl("-n", "team-risk", "get", "rolebindings", "kserve-view", "-o", "json"))
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("binding.yaml")
    file.write_text(rules.replace("NAME", binding["roleRef"]["name"]))
    kubectl("apply", "-f", str(file))
    context = browser.new_context(
        extra_http_headers={"kubeflow-userid": "alice@example.com"},
        locale="en-US",
        viewport={"width": 1280, "height": 800},
    )
    yield context.new_page()
    context.close()
    kubectl("-n", "team-vision", "delete", "rolebinding", "alice-looks", "--ignore-not-found")


def test_hidden_namespaces_are_counted_and_mixed_rights_are_told_one_by_one(
    mixed: Page, guarded: str
) -> None:
    page = mixed
    page.goto(guarded + ALL)
    expect(page.get_by_text(re.compile(r"namespaces are not shown"))).to_be_visible()
    assert set(page.locator("#services .mw-c-namespace[role=cell]").all_inner_texts()) == {
        "team-risk",
        "team-vision",
    }
    expect(page.get_by_role("checkbox", name="Select churn-v1")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Select kyc-ocr")).to_have_count(0)
    page.get_by_role("checkbox", name="Select churn-v1").check()
    page.get_by_role("checkbox", name=re.compile("Select all .* matching services")).check()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_text("needs permission to delete").first).to_be_visible()
    blocked = page.locator('[data-outcome="blocked"]')
    assert blocked.count() > 0
    assert all("team-vision" in text for text in blocked.all_inner_texts())
    assert page.locator('[data-outcome="pending"]').count() > 0
    assert violations(page) == []


def test_losing_the_right_is_said_on_the_open_page(mixed: Page, guarded: str) -> None:
    page = mixed
    page.goto(guarded + "/n/team-vision/services")
    expect(page.locator("#services tbody").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    kubectl("-n", "team-vision", "delete", "rolebinding", "alice-looks")
    expect(page.locator("#notice")).to_contain_text("Permission denied")
    expect(page.locator("#freshness")).to_contain_text("Access lost")
    assert page.locator("#services tbody").count() > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_without_rights_are_axe_clean(guarded: str, browser: Browser, theme: str) -> None:
    context = browser.new_context(
        extra_http_headers={"kubeflow-userid": "charlie@example.com"}, locale="zh-CN"
    )
    context.add_cookies([{"name": "modelsweb-theme", "value": theme, "url": guarded}])
    page = context.new_page()
    for path in (RISK, ALL, "/n/team-risk/create", "/namespaces"):
        page.goto(guarded + path)
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert violations(page) == []
    context.close()


def test_a_cluster_that_goes_leaves_the_rows_and_says_so(browser: Browser, tmp_path: Path) -> None:
    with (
        demo_process(tmp_path / "kubeconfig") as (_, process),
        guarded_process(str(tmp_path / "kubeconfig")) as app,
    ):
        page = browser.new_page(extra_http_headers={"kubeflow-userid": "alice@example.com"}, locale="en-US")
        page.goto(app + RISK)
        expect(page.locator("html")).to_have_attribute("data-stream", "live")
        process.terminate()
        expect(page.locator("#freshness")).to_contain_text("Stale")
        expect(page.get_by_text("The cluster is not responding").first).to_be_visible()
        assert page.locator("#services tbody").count() > 0
        page.close()


def test_a_service_deleted_under_its_page_stays_readable(page: Page, demo: str) -> None:
    _apply("default", "short-lived")
    page.goto(demo + "/n/default/services/short-lived")
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    kubectl("-n", "default", "delete", "inferenceservice", "short-lived", "--wait=false")
    expect(page.locator("#freshness")).to_contain_text("Deleted")
    expect(page.get_by_role("heading", name="short-lived")).to_be_visible()
