"""Root kinds in a browser: the menu of kinds, a list that is live, a page; axe-clean in both themes, by keyboard."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.browser.processes import kubectl

GRAPH = """
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: NAME, namespace: team-risk, labels: {team: risk}}
spec: {nodes: {root: {routerType: Sequence, steps: [{serviceName: credit-score}]}}}
"""


def _apply(name: str) -> None:
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("graph.yaml")
    file.write_text(GRAPH.replace("NAME", name))
    kubectl("apply", "-f", str(file))


def test_from_services_to_graphs_and_into_one_by_keyboard(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    page.locator("#kinds summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Inference graphs").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Inference graphs")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    rows = page.locator("#objects tbody")
    there = rows.count()
    _apply("first")
    link = page.locator("#objects").get_by_role("link", name="first")
    expect(link).to_be_visible()
    _apply("second")
    expect(rows).to_have_count(there + 2)
    page.keyboard.press("/")
    page.keyboard.type("sec")
    expect(page).to_have_url(re.compile(r"q=sec"))
    expect(rows).to_have_count(1)
    page.locator("#objects").get_by_role("link", name="second").press("Enter")
    expect(page.get_by_role("heading", level=1, name="second")).to_be_visible()
    page.get_by_role("link", name="YAML").click()
    expect(page.locator("#yaml-text")).to_contain_text("kind: InferenceGraph")
    kubectl("-n", "team-risk", "delete", "inferencegraph", "first", "second")
    expect(page.locator("#notice")).to_contain_text("Not found")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "/kserve-sklearnserver", "/kserve-sklearnserver/events"])
def test_pages_of_any_kind_are_axe_clean(page: Page, demo: str, theme: str, path: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(f"{demo}/cluster/clusterservingruntimes{path}")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    assert violations(page) == []
    page.locator("#kinds summary").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
