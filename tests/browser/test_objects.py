"""Root kinds in a browser: the menu of kinds, a list that is live, a page; axe-clean in both themes, by keyboard."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.browser.editor import write, written
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


def test_both_kinds_of_service_stand_in_one_list_with_a_facet(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-language/services")
    rows = page.locator("#services tbody")
    everything = rows.count()
    page.locator("#facet-kind summary").click()
    page.locator("#facet-kind").get_by_role("checkbox", name="LLMInferenceService").click()
    expect(page).to_have_url(re.compile("kind=LLMInferenceService"))
    expect(page.locator("#services").get_by_role("link", name="assistant", exact=True)).to_be_visible()
    assert 0 < rows.count() < everything
    page.locator("#services").get_by_role("link", name="assistant", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1, name="assistant")).to_be_visible()


def test_the_weight_of_an_llm_service_is_changed_in_place_by_keyboard(page: Page, demo: str) -> None:
    address = demo + "/n/team-language/llm-services/assistant"
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    page.locator("#quick summary").focus()
    page.keyboard.press("Enter")
    page.locator("#quick").get_by_role("link", name="Routing group").press("Enter")
    weight = page.get_by_label("Weight in the group")
    expect(weight).to_be_visible()
    was = weight.input_value()
    weight.fill("77")
    weight.press("Enter")
    expect(page.locator("#change")).to_contain_text("spec.router.route.weight")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_contain_text("Saved.")
    assert page.url.partition("#")[0] == address
    assert kubectl("-n", "team-language", "get", "llminferenceservice", "assistant", "-o", "yaml").count(
        "weight: 77"
    )
    change = json.dumps({"spec": {"router": {"route": {"weight": int(was)}}}})
    kubectl("-n", "team-language", "patch", "llminferenceservice", "assistant", "--type=merge", "-p", change)


@pytest.mark.parametrize(
    ("template", "heading"),
    [("llm-plain", "LLM services"), ("model-cache", "Namespace model caches")],
)
def test_each_kind_is_created_from_its_template(page: Page, demo: str, template: str, heading: str) -> None:
    page.goto(f"{demo}/n/team-language/create?template={template}")
    text = written(page)
    name = re.search(r"name: (\S+)", text)
    assert name is not None
    made = f"made-{template}"
    write(page, text.replace(f"name: {name[1]}", f"name: {made}", 1))
    page.get_by_role("button", name="Create", exact=True).click()
    despite = page.locator("input[name=despite]")
    page.wait_for_load_state()
    if despite.count():
        despite.check()
        page.get_by_role("button", name="Create", exact=True).click()
    if page.url.endswith("/create"):  # the checks had something to say: the report names it
        page.get_by_role("link", name=made).click()
    expect(page.get_by_role("heading", level=1, name=made)).to_be_visible()
    expect(page.get_by_role("link", name=heading, exact=True).first).to_be_visible()
    page.get_by_role("link", name="Delete…").click()
    page.locator("input[name=confirm]").fill(made)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", level=1, name=made)).to_have_count(0)
