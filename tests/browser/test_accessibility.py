"""Every page is axe-clean, in both themes and both languages, wide and narrow: each two of these together."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import write, written

PAGES = {
    "list": "/n/team-risk/services",
    "all namespaces": "/services",
    "filtered list": "/services?status=failed&q=%2F(%2F&cols=owner,label:tier,changed",
    "no match": "/services?q=nothing-is-called-so",
    "empty list": "/n/default/services",
    "failing service": "/n/team-risk/services/fraud",
    "ready service": "/n/team-risk/services/credit-score",
    "log of a run that ended": "/n/team-risk/services/fraud/logs?prev=1",
    "no namespace": "/n/nope/services",
    "yaml": "/n/team-risk/services/credit-score/yaml",
    "create": "/n/team-risk/create",
    "credentials": "/n/team-risk/credentials?uri=s3://b/m",
    "create with a template": "/n/team-risk/create?template=graph&colour=red",
    "edit": "/n/team-risk/services/fraud/edit",
    "delete": "/n/team-risk/services/fraud/delete",
    "LLM services": "/n/team-language/llm-services",
    "model services of both kinds": "/n/team-language/services?cols=kind,model,group",
    "LLM service": "/n/team-language/llm-services/assistant",
    "LLM service that cannot be made": "/n/team-language/llm-services/mixture",
    "effective spec": "/n/team-language/llm-services/assistant/spec",
    "pods of an LLM service": "/n/team-language/llm-services/assistant/pods",
    "metrics of an LLM service": "/n/team-language/llm-services/assistant/metrics",
    "change of an LLM service": "/n/team-language/llm-services/assistant/edit?part=weight",
    "edit of an LLM service": "/n/team-language/llm-services/assistant/edit",
    "create of an LLM service": "/n/team-language/create?template=llm",
    "clone of an LLM service": "/n/team-language/create?from=assistant&kind=llminferenceservices",
    "stop of an LLM service": "/n/team-language/llm-services/assistant/act?action=stop",
    "graph": "/n/team-risk/graphs/risk-pipeline",
    "change of a graph": "/n/team-risk/graphs/risk-pipeline/edit?part=steps",
    "metrics of a graph": "/n/team-risk/graphs/risk-pipeline/metrics",
    "graphs": "/n/team-risk/graphs",
    "graph that leads nowhere": "/n/team-risk/graphs/triage",
    "trained model": "/n/team-vision/trained-models/shelf-labels",
    "serving runtime": "/cluster/clusterservingruntimes/kserve-sklearnserver",
    "runtimes of a namespace": "/n/team-vision/runtimes",
    "node group": "/cluster/localmodelnodegroups/gpu-nodes",
    "caches of a namespace": "/n/team-risk/localmodelnamespacecaches",
    "model cache": "/cluster/localmodelcaches/summary-7b",
    "storage container": "/cluster/clusterstoragecontainers/default",
    "service that holds models": "/n/team-vision/services/shelf",
    "runtimes": "/n/team-vision/runtimes/-/choice?format=onnx&protocol=v2",
    "model storage": "/storage?uri=hf://acme/summary-7b",
    "API": "/api/docs",
    "namespaces": "/namespaces",
    "not found": "/n/team-risk/services/nobody",
}
OPENED = {
    "list": "#search-keys summary",
    "all namespaces": "#facet-label summary",
    "ready service": "#tip-traffic summary",
    "failing service": "#tip-mode summary",
    "create": "#templates summary",
    "API": "#readVerdict summary",
}
"""What is opened on a page, and looked at too."""


WRITTEN = (
    "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
    "metadata: {name: x, annotations: {serving.kserve.io/deploymentMode: Standard}}\n"
    "spec: {predictor: {canaryTrafficPercent: 1, scaleMetric: rps, model: {modelFormat: {name: SKLearn}}}}\n"
)


def test_a_report_of_checks_and_a_review_are_axe_clean(page: Page, demo: str) -> None:
    """What stands on no page that can be linked to."""
    page.goto(demo + "/n/team-risk/create")
    write(page, WRITTEN)
    expect(page.locator("#concerns li").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#report")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.goto(demo + "/n/team-risk/services/fraud/edit")
    write(page, written(page).replace("fraud-models-typo", "fraud-models"))
    page.get_by_role("button", name="Review changes").click()
    expect(page.locator("#diff")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1280), ("en", "dark", 390), ("zh-Hans", "light", 390), ("zh-Hans", "dark", 1280)],
)
def test_pages_are_axe_clean(
    context: BrowserContext, demo: str, language: str, theme: str, width: int
) -> None:
    for name, value in (("modelsweb-language", language), ("modelsweb-theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": demo}])
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    for title, path in PAGES.items():
        page.goto(demo + path)
        assert page.locator("html").get_attribute("lang") == language
        violations = Axe().run(page).response["violations"]
        if title in OPENED:
            page.locator(OPENED[title]).click()
            violations += Axe().run(page).response["violations"]
        found.update({f"{title}: {v['id']}": [n["html"] for n in v["nodes"]][:3] for v in violations})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        if overflow:
            found[f"{title}: scrolls sideways"] = []
    assert found == {}
