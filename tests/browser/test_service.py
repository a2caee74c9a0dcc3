"""The service page: every tab by click and keyboard, logs followed, paused and searched, and links that lead back."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import hide, violations
from tests.browser.processes import kubectl
from tests.browser.test_journey import YAML

FRAUD = "/n/team-risk/services/fraud"
READY = "/n/team-risk/services/credit-score"
CASES = Path(__file__).resolve().parent.parent / "data" / "cases"
TABS = ("Overview", "Resources", "Pods", "Logs", "Events", "YAML")
TAB_PATHS = ("", "/resources", "/pods", "/logs", "/events", "/yaml")


def _lines(page: Page) -> list[str]:
    return page.locator(".mw-entry-text").all_inner_texts()


def _follows(page: Page) -> None:
    expect(page.locator("#log-follow")).to_have_text(re.compile("Following|Ended|Waiting for the next run"))


def test_a_component_and_a_version_narrow_the_logs(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services/default-risk/logs")
    state = page.locator("#state")
    expect(state).to_have_attribute("data-streams", "3")
    _follows(page)
    page.get_by_role("checkbox", name="Transformer", exact=True).check()
    expect(page).to_have_url(re.compile("comp=transformer"))
    expect(state).to_have_attribute("data-streams", "1")
    _follows(page)
    page.get_by_role("checkbox", name="Transformer", exact=True).uncheck()
    expect(state).to_have_attribute("data-streams", "3")
    version = page.get_by_title("All pods of this version, including new ones").first.get_by_role("checkbox")
    version.check()
    expect(page).to_have_url(re.compile("rev="))
    expect(state).to_have_attribute("data-streams", "2")
    expect(version).to_be_checked()
    assert violations(page) == []


def test_the_log_opens_at_the_container_at_fault(page: Page, demo: str) -> None:
    page.goto(demo + FRAUD + "/logs")
    expect(page).to_have_url(re.compile(r"logs\?pod=fraud-.*c=storage-initializer&fault=1$"))
    state = page.locator("#state")
    expect(state).to_have_attribute("data-streams", "1")
    expect(state).to_contain_text("Showing only the faulty container")
    _follows(page)
    shown = page.locator(".mw-leaf-shown")
    expect(shown).to_have_text("storage-initializer")
    count = page.locator(".mw-leaves li", has=shown).locator("[data-lines-of]")
    expect(count).to_have_text(re.compile(r"^\d+$"))
    assert int(count.inner_text()) == len(_lines(page))
    page.get_by_role("link", name="Show all serving containers").click()
    expect(page).to_have_url(re.compile("all=1"))
    expect(page.locator(".mw-leaf-shown")).to_have_count(2)
    page.get_by_label("Number of lines").select_option("100")
    expect(page).to_have_url(re.compile("all=1.*tail=100|tail=100.*all=1"))
    page.get_by_role("button", name="Wrap").click()
    _fits(page)
    page.locator(".mw-leaf", has_text="kserve-container").first.click()
    expect(page).to_have_url(re.compile("pod=fraud-.*c=kserve-container.*wrap=1"))
    expect(page.locator("#state")).to_contain_text("kserve-container in fraud-")
    expect(page.locator("#log-nothing")).to_be_hidden()
    expect(page.locator("#log-follow")).to_have_text("Waiting for the start")
    assert violations(page) == []


def test_the_log_page_fits_the_window(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/logs")
    _follows(page)
    _fits(page)


def _fits(page: Page) -> None:
    expect(page.locator(".mw-log-foot")).to_be_in_viewport(ratio=1)
    spare = page.evaluate(
        "innerHeight - document.querySelector('.mw-log-foot').getBoundingClientRect().bottom"
    )
    assert 0 <= spare <= 12
    assert page.evaluate("document.documentElement.scrollHeight") <= page.evaluate("innerHeight")


def test_every_tab_opens_by_click_has_its_address_and_is_live(page: Page, demo: str) -> None:
    page.goto(demo + READY)
    tabs = page.get_by_role("navigation", name="Sections of the service")
    for name, path in zip(TABS, TAB_PATHS, strict=True):
        tabs.get_by_role("link", name=re.compile(f"^{name}")).click()
        expect(page).to_have_url(demo + READY + path)
        expect(tabs.locator('[aria-current="page"]')).to_contain_text(name)
        expect(page.locator("html")).to_have_attribute("data-stream", "live")
        expect(page).to_have_title(re.compile(f"{name}.*credit-score"))
    page.go_back()
    expect(page).to_have_url(demo + READY + "/events")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_tab_is_axe_clean(browser: Browser, demo: str, theme: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    for key, value in (("modelsweb-theme", theme), ("modelsweb-language", language)):
        context.add_cookies([{"name": key, "value": value, "url": demo}])
    page = context.new_page()
    paths = [FRAUD + path for path in TAB_PATHS]
    paths += [READY + "/resources", READY + "/pods", "/n/team-vision/services/iris-demo/logs"]
    for path in paths:
        page.goto(demo + path)
        expect(page.locator("html")).to_have_attribute("data-stream", "live")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


@pytest.mark.parametrize("width", [320, 768, 1024])
def test_no_tab_scrolls_sideways(browser: Browser, demo: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700}, locale="en-US")
    for path in TAB_PATHS:
        page.goto(demo + FRAUD + path)
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.close()


def test_the_cause_leads_to_the_line_of_the_failing_container(page: Page, demo: str) -> None:
    page.goto(demo + FRAUD)
    expect(page.get_by_role("region", name="Cause")).to_contain_text("cannot be downloaded")
    expect(page.locator('.mw-step[data-state="failed"]')).to_contain_text("Model not downloaded")
    page.get_by_role("link", name="Log of the failed run").click()
    while "lost=1" in page.url:  # it has failed once more since the link was drawn
        page.go_back()
        page.get_by_role("link", name="Log of the failed run").click()
    expect(page).to_have_url(re.compile(r"c=storage-initializer.*prev=1.*at=fault"))
    expect(page.locator(".mw-entry-at")).to_contain_text("Traceback")
    expect(page.get_by_role("checkbox", name="Previous run")).to_be_checked()
    expect(page.locator(".mw-entry-e").last).to_contain_text("NoSuchBucket")


def test_logs_follow_pause_and_resume(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/logs")
    _follows(page)
    expect(page.locator(".mw-entry").nth(5)).to_be_visible()
    page.get_by_role("button", name="Following").click()
    expect(page.locator("#log-follow")).to_have_text("Paused")
    count = len(_lines(page))
    expect(page.locator("#log-resume")).to_contain_text("new line")
    assert len(_lines(page)) == count
    page.locator("#log-resume").click()
    expect(page.locator("#log-follow")).to_have_text("Following")
    assert len(_lines(page)) > count
    page.keyboard.press("f")
    expect(page.locator("#log-follow")).to_have_text("Paused")


def test_lines_of_two_pods_are_merged_and_none_comes_twice(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/logs")
    _follows(page)
    expect(page.locator("#log")).to_have_class(re.compile("mw-log-pods"))
    hide(page, hidden=True)
    hide(page, hidden=False)  # the stream is taken up where it was
    before = len(_lines(page))
    page.wait_for_function("n => document.querySelectorAll('.mw-entry').length > n", arg=before)
    stamps = page.locator(".mw-entry time").evaluate_all("all => all.map(one => one.title)")
    assert stamps == sorted(stamps)
    keys = page.locator(".mw-entry").evaluate_all(
        "all => all.map(one => one.querySelector('time').title + one.querySelector('.mw-entry-pod').title)"
    )
    assert len(keys) == len(set(keys))


def test_search_counts_marks_and_walks_and_stays_in_the_link(page: Page, demo: str, browser: Browser) -> None:
    page.goto(demo + READY + "/logs")
    _follows(page)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search in the log")
    expect(search).to_be_focused()
    page.keyboard.type("registering model")
    expect(page.locator("#log-matches")).to_have_text("2 of 2")
    page.keyboard.press("Enter")
    expect(page.locator("#log-matches")).to_have_text("1 of 2")
    page.get_by_role("button", name="Next match").click()
    expect(page.locator("#log-matches")).to_have_text("2 of 2")
    assert page.evaluate("CSS.highlights.get('mw-match').size") == 2
    page.locator("#log").focus()
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("q=registering.model.*wrap=1"))
    page.get_by_role("button", name="Warning").click()
    expect(page).to_have_url(re.compile("lvl=eo"))
    other = browser.new_page(locale="en-US")
    other.goto(page.url)
    expect(other.get_by_role("searchbox", name="Search in the log")).to_have_value("registering model")
    expect(other.locator("#log-matches")).to_have_text("0 of 2")
    expect(other.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    expect(other.get_by_role("button", name="Warning")).to_have_attribute("aria-pressed", "false")
    other.close()
    page.keyboard.press("t")
    expect(page.locator(".mw-entry time").first).to_be_hidden()


def test_a_choice_of_containers_reloads_with_its_link(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/logs?q=model")
    _follows(page)
    page.get_by_role("checkbox", name="queue-proxy").check()
    expect(page).to_have_url(re.compile(r"c=kserve-container&c=queue-proxy.*q=model"))
    expect(page.locator("#log")).to_have_class(re.compile("mw-log-boxes"))
    page.get_by_label("Number of lines").select_option("100")
    expect(page).to_have_url(re.compile("tail=100"))
    page.locator(".mw-entry time").nth(2).click()
    expect(page).to_have_url(re.compile("at=20"))
    stamp = page.locator(".mw-entry-at time").get_attribute("title")
    page.reload()
    expect(page.locator(".mw-entry-at time")).to_have_attribute("title", stamp or "")


def test_logs_are_copied_and_downloaded(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/logs?c=kserve-container")
    _follows(page)
    expect(page.locator(".mw-entry").first).to_be_visible()
    page.get_by_role("button", name="Copy the lines").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Registering model" in copied
    assert "credit-score-predictor" in copied.splitlines()[0]
    page.get_by_role("button", name="Copy a link to this view").click()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Download whole logs").click()
    assert "Registering model" in Path(download.value.path()).read_text()


def test_markup_in_a_log_stays_text_and_colours_are_shown(page: Page, demo: str) -> None:
    def answer(route: Route) -> None:
        text = 'event: hello\ndata:\n\nevent: streams\ndata: {"ids":["p-1/main"],"left":0}\n\n'
        lines = [
            ["2026-11-23T10:00:00.000000001Z", "<img src=x onerror=alert(1)> & <b>bold</b>"],
            [
                "2026-11-23T10:00:00.000000002Z",
                "\\u001b[31mred\\u001b[0m and \\u001b]8;;javascript:x\\u0007link",
            ],
            ["2026-11-23T10:00:00.000000003Z", "separators \u2028 and \u2029 stay \\u0085 inside"],
            ["2026-11-23T10:00:00.000000004Z", "10%\\r50%\\r100%"],
            ["2026-11-23T10:00:00.000000005Z", "W1123 10:00:00.000001 1 klog.go:1] careful"],
            ["2026-11-23T10:00:00.000000006Z", "ValueError: it broke"],
        ]
        body = ",".join(f'["{stamp}","{said}"]' for stamp, said in lines)
        text += f'event: lines\ndata: {{"s":"p-1/main","at":"{lines[-1][0]}~1","l":[{body}]}}\n\n'
        text += 'event: state\ndata: {"s":"p-1/main","state":"ended","problem":""}\n\nevent: close\ndata:\n\n'
        route.fulfill(status=200, content_type="text/event-stream; charset=utf-8", body=text)

    page.route("**/logs/lines?**", answer)
    page.goto(demo + READY + "/logs")
    expect(page.locator(".mw-entry")).to_have_count(6)
    assert _lines(page)[0] == "<img src=x onerror=alert(1)> & <b>bold</b>"
    assert page.locator("#log img, #log b, #log a").count() == 0
    expect(page.locator(".ansi-red-fg")).to_have_text("red")
    assert _lines(page)[3] == "100%"
    expect(page.locator(".mw-entry-w")).to_contain_text("careful")
    expect(page.locator(".mw-entry-e")).to_contain_text("ValueError")
    expect(page.locator("#log-follow")).to_have_text("Ended")


def _answers(page: Page, *said: str) -> None:
    """The log page reads these lines, a second apart."""
    lines = [[f"2026-11-23T10:00:{at:02}.000000001Z", one] for at, one in enumerate(said)]
    text = 'event: hello\ndata:\n\nevent: streams\ndata: {"ids":["p-1/main"],"left":0}\n\n'
    text += f'event: lines\ndata: {{"s":"p-1/main","at":"{lines[-1][0]}~1","l":{json.dumps(lines)}}}\n\n'
    text += 'event: state\ndata: {"s":"p-1/main","state":"ended","problem":""}\n\nevent: close\ndata:\n\n'
    page.route(
        "**/logs/lines?**",
        lambda route: route.fulfill(status=200, content_type="text/event-stream; charset=utf-8", body=text),
    )


def test_a_log_reads_as_on_a_terminal(page: Page, demo: str) -> None:
    raw = (CASES / "21-lines-of-a-log.raw").read_bytes()
    _answers(page, *(line.decode("utf-8", "replace") for line in raw.rstrip(b"\n").split(b"\n")))
    page.goto(demo + READY + "/logs")
    expect(page.locator(".mw-entry")).to_have_count(raw.count(b"\n") + 1)
    found = _lines(page)
    assert found[0] == "12:00:00.001 INFO ready to serve model cart"
    assert found[1].startswith("Downloading shards: 100%")
    assert found[1].count("Downloading") == 1
    assert found[2].strip() == ""
    assert found[3:5] == ["waiting", "loading/loading-loading\\done"]
    assert found[5] == "bytes that are no text: \ufffd\ufffd and more"
    assert found[6:8] == ["why it failed", "red by the one-byte introducer"]
    expect(page.locator(".mw-entry .ansi-red-fg")).to_have_text("red by the one-byte introducer")
    levels = page.locator(".mw-entry").evaluate_all("all => all.map(one => one.className.slice(-1))")
    assert levels == list("oooooooo" + "eeee" + "oe" + "o" * (len(found) - 14))
    more = page.locator(".mw-entry-more")
    expect(more).to_have_count(1)
    assert len(max(found, key=len)) < 10_000
    page.keyboard.press("/")
    page.keyboard.type("INFO ready")
    expect(page.locator("#log-matches")).to_have_text("1 of 1")
    assert page.evaluate("CSS.highlights.get('mw-match').size") == 1
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile(r"q=INFO\+ready.*wrap=1"))
    page.keyboard.press("/")
    page.keyboard.type("END-OF-LONG-LINE")
    page.keyboard.press("Enter")
    expect(page.locator("#log-matches")).to_have_text("1 of 1")
    expect(more).to_have_count(0)
    assert max(map(len, _lines(page))) > 140_000


def test_codes_and_levels_of_other_programs(page: Page, demo: str) -> None:
    said = {
        "\x1b[2K\x1b[1Gstep 1\x1b[2K\x1b[1Gstep 2": ("step 2", "o"),
        "abcdef\r\x1b[3CXY": ("abcXYf", "o"),
        "12345\x1b[2D\x1b[K!": ("123!", "o"),
        "\x1b(0\x1b)B\x1b=\x07plain": ("plain", "o"),
        "\x1b]0;a title that never ends": ("0;a title that never ends", "o"),
        "\x1b[38:5:208mWARN\x1b[0m \x1b[4:3mof colons\x1b[0m": ("WARN of colons", "w"),
        "\x1b[2K\x1b[99999CX" * 2_000: ("X", "o"),  # such orders are obeyed for some passes over the line
        "\x1b[31mE\x1b[32mR\x1b[33mR\x1b[0mOR in three colours": ("ERROR in three colours", "e"),
        "ERROR 11-22 09:33:12 [core.py:700] Traceback (most recent call last):": (None, "e"),
        "ERROR 11-22 09:33:13 [core.py:700]   File 'x', line 1": (None, "e"),
        "INFO 11-22 09:33:13 [api.py:12] another process": (None, "o"),
        "ERROR 11-22 09:33:13 [core.py:700] RuntimeError: it": (None, "e"),
        "worker-1 | 2026-11-23 10:00:00 ValueError: it": (None, "e"),
        '{"level":"info","msg":"no ERROR found"}': (None, "o"),
        '{"levelno": 40, "message": "of Python"}': (None, "e"),
        '{"levelno": 30, "message": "of Python"}': (None, "w"),
        '{"severityNumber": 17, "body": "of OpenTelemetry"}': (None, "e"),
        '{"version":"1.1","short_message":"of GELF","level":3}': (None, "e"),
        '{"version":"1.1","short_message":"of GELF","level":6}': (None, "o"),
        "time=x level=warning msg=logfmt": (None, "w"),
        "2026/11/23 10:00:00 [error] 7#7: of nginx": (None, "e"),
        "INFO: 10.0.0.1 - the last ERROR was long ago": (None, "o"),
    }
    _answers(page, *said)
    page.goto(demo + READY + "/logs")
    expect(page.locator(".mw-entry")).to_have_count(len(said))
    levels = page.locator(".mw-entry").evaluate_all("all => all.map(one => one.className.slice(-1))")
    found = dict(zip(said, zip(_lines(page), levels, strict=True), strict=True))
    assert found == {raw: (text or raw, level) for raw, (text, level) in said.items()}


def test_a_link_to_a_line_that_is_gone_says_so_and_marks_nothing(page: Page, demo: str) -> None:
    _answers(page, "first", "second", "third")
    page.goto(demo + READY + "/logs?at=2026-11-23T10:00:01.000000001Z")
    expect(page.locator(".mw-entry-at")).to_contain_text("second")
    page.goto(demo + READY + "/logs?at=2026-11-23T10:00:01.000000000Z")
    expect(page.locator("#log-states")).to_contain_text("(2026-11-23 10:00:01.000) is not in this log")
    expect(page.locator(".mw-entry-at")).to_have_count(0)


def test_a_flood_is_built_only_where_it_is_seen(page: Page, demo: str) -> None:
    number = 8_000

    def answer(route: Route) -> None:
        stamps = [
            f"2026-11-23T10:{at // 1000:02}:{at // 100 % 10:02}.{at % 100:02}0000001Z" for at in range(number)
        ]
        said = ["ERROR of row" if at % 1000 == 10 else "row" for at in range(number)]
        lines = [
            [stamp, f"{word} {at} end"] for at, (stamp, word) in enumerate(zip(stamps, said, strict=True))
        ]
        text = 'event: hello\ndata:\n\nevent: streams\ndata: {"ids":["p-1/main"],"left":0}\n\n'
        text += f'event: lines\ndata: {{"s":"p-1/main","at":"{stamps[-1]}~1","l":{json.dumps(lines)}}}\n\n'
        text += 'event: state\ndata: {"s":"p-1/main","state":"following","problem":""}\n\n'
        route.fulfill(status=200, content_type="text/event-stream", body=text + "event: close\ndata:\n\n")

    page.route("**/logs/lines?**", answer)
    page.goto(demo + READY + "/logs")
    expect(page.locator("#log-count")).to_have_text("8,000 lines in view")
    expect(page.locator(".mw-entry").last).to_contain_text("row 7999 end")
    assert page.locator(".mw-entry").count() < number / 2
    text = str(page.locator("#log").evaluate("log => log.textContent"))
    assert [int(found) for found in re.findall(r"row (\d+) end", text)] == list(range(number))
    expect(page.locator('[data-level="e"] .mw-count')).to_have_text("8")
    page.locator("#log").hover()
    page.mouse.wheel(0, -1_000_000)
    first = page.locator(".mw-entry", has_text="row 0 end")
    expect(first).to_be_in_viewport()
    expect(first.locator("time")).to_have_attribute("title", "2026-11-23T10:00:00.000000001Z")
    page.keyboard.press("/")
    page.keyboard.type("row 4010 end")
    page.keyboard.press("Enter")
    expect(page.locator("#log-matches")).to_have_text("1 of 1")
    expect(page.locator(".mw-entry", has_text="row 4010 end")).to_be_in_viewport()
    page.get_by_role("button", name="Other").click()
    page.locator("#log").hover()
    page.mouse.wheel(0, -1_000_000)
    expect(page.locator(".mw-entry:visible", has_text="ERROR of row 10 end")).to_be_in_viewport()
    expect(page.locator(".mw-entry", has_text="row 7999 end")).to_be_hidden()


def test_a_service_without_pods_says_why_there_is_no_log(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/services/iris-demo/logs")
    expect(page.get_by_text("Scaled to zero: no pods and no logs.")).to_be_visible()
    page.goto(demo + "/n/team-vision/services/iris-demo/pods")
    expect(page.get_by_text("Scaled to zero. The next request starts a pod.")).to_be_visible()


def test_events_are_filtered_and_stay_live(page: Page, demo: str) -> None:
    page.goto(demo + FRAUD + "/events")
    everything = page.locator(".mw-events tbody tr").count()
    page.get_by_role("link", name=re.compile("^Warnings")).click()
    expect(page).to_have_url(re.compile("warn=1"))
    expect(page.locator(".mw-event-normal")).to_have_count(0)
    assert 0 < page.locator(".mw-events tbody tr").count() < everything
    page.get_by_role("link", name="Pod", exact=True).click()
    expect(page).to_have_url(re.compile("kind=Pod"))
    page.get_by_role("searchbox", name="Search events").fill("no such words")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("No events match the filter"))).to_be_visible()


def test_the_graph_and_its_table_lead_to_the_yaml_of_each_object(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/resources")
    boxes = page.locator(".mw-graph a")
    assert boxes.count() == page.locator("#resources tbody tr").count()
    boxes.filter(has_text="Revision").first.click()
    expect(page).to_have_url(
        re.compile("/resources/revisions.serving.knative.dev/credit-score-predictor-00001")
    )
    expect(page.locator("#yaml-text")).to_contain_text("kind: Revision")
    expect(page.get_by_role("table", name="Conditions")).to_contain_text("ContainerHealthy")
    page.get_by_role("link", name="All resources of the service").click()
    page.get_by_role("link", name=re.compile("deployment-.*-")).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#yaml-text")).to_contain_text("kind: Pod")


def test_yaml_can_leave_out_the_status_and_be_downloaded(page: Page, demo: str) -> None:
    page.goto(demo + READY + "/yaml")
    expect(page.locator("#yaml-text")).to_contain_text("status:")
    page.get_by_role("switch", name="Include status").click()
    expect(page).to_have_url(re.compile("status=0"))
    expect(page.locator("#yaml-text")).not_to_contain_text("\nstatus:")
    assert "managedFields" not in page.locator("#yaml-text").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "kind: InferenceService" in Path(download.value.path()).read_text()


def test_every_tab_stays_when_the_service_is_deleted_underneath(
    page: Page, demo: str, browser: Browser
) -> None:
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("gone.yaml")
    file.write_text(YAML.replace("NAME", "soon-gone"))
    kubectl("-n", "default", "apply", "-f", str(file))
    pages = []
    for path in TAB_PATHS:
        tab = browser.new_page(locale="en-US")
        tab.goto(f"{demo}/n/default/services/soon-gone{path}")
        expect(tab.locator("html")).to_have_attribute("data-stream", "live")
        pages.append(tab)
    kubectl("-n", "default", "delete", "inferenceservice", "soon-gone", "--wait=false")
    for tab in pages:
        expect(tab.locator("#freshness")).to_contain_text("Deleted")
        expect(tab.get_by_role("heading", name="soon-gone", exact=True)).to_be_visible()
        tab.close()


def test_without_the_right_to_pods_the_page_says_so(guarded: str, browser: Browser, demo: str) -> None:
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("little.yaml")
    file.write_text(
        """
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: little, namespace: team-risk},
 rules: [{apiGroups: [serving.kserve.io], resources: [inferenceservices], verbs: [get, list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: little, namespace: team-risk},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: little},
 subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: little@example.com}]}
"""
    )
    kubectl("apply", "-f", str(file))
    page = browser.new_page(extra_http_headers={"kubeflow-userid": "little@example.com"}, locale="en-US")
    for path in ("/resources", "/pods", "/events"):
        page.goto(guarded + FRAUD + path)
        expect(page.get_by_text("you do not have permission to list them").first).to_be_visible()
        assert "fraud-predictor-" not in page.content()
        assert violations(page) == []
    page.goto(guarded + FRAUD + "/logs")
    expect(page.get_by_role("heading", name="You do not have permission to view logs here")).to_be_visible()
    assert violations(page) == []
    page.close()


def test_a_cause_in_the_list_leads_to_the_line_too(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services?q=fraud")
    page.get_by_role("link", name="Log of fraud").click()
    expect(page).to_have_url(
        re.compile(r"/services/fraud/logs\?pod=fraud-predictor-.*c=storage-initializer&at=fault")
    )
    expect(page.locator(".mw-entry-at")).to_contain_text("Traceback")
