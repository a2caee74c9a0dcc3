"""The whole path of one user, by mouse and by keyboard."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.processes import kubectl
from tests.waiting import LIMIT

LIST = "/n/team-vision/services"
YAML = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: NAME
  annotations:
    serving.kserve.io/deploymentMode: Standard
spec:
  predictor:
    model:
      modelFormat:
        name: sklearn
      storageUri: s3://vision-models/NAME
"""


def live_and_die(page: Page, space: str, name: str) -> None:
    """From the create page of a namespace at ``space``: a service is made, its log is read, and it is deleted.

    That needs forms, cookies and streams, so it tells whether a way to the app carries them.
    """
    page.get_by_role("textbox").fill(YAML.replace("NAME", name))
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile(f"/services/{name}$"))
    page.goto(f"{space}/services/{name}/logs")
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    expect(page.locator(".mw-entry").first).to_be_visible()
    page.goto(f"{space}/services/{name}/delete")
    page.get_by_role("textbox").fill(name)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page).to_have_url(f"{space}/services")
    kubectl(
        "-n",
        space.rpartition("/")[2],
        "wait",
        "--for=delete",
        f"inferenceservice/{name}",
        f"--timeout={LIMIT:g}s",
    )


def test_create_watch_inspect_delete(page: Page, demo: str) -> None:
    page.goto(demo + LIST)
    page.get_by_role("link", name="Create").click()
    page.get_by_label("YAML, one or more documents").fill(YAML.replace("NAME", "journey"))
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="journey")).to_be_visible()
    page.get_by_role("link", name="Services", exact=True).click()
    row = page.locator("tbody", has=page.get_by_role("link", name="journey", exact=True))
    expect(row).to_contain_text("Ready")
    row.get_by_role("link", name="journey", exact=True).click()
    expect(page.get_by_text("http://journey-team-vision.example.com").first).to_be_visible()
    page.get_by_role("link", name="YAML", exact=True).click()
    expect(page.locator("#yaml-text")).to_contain_text("kind: InferenceService")
    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Type journey to confirm").fill("journey")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Model services")).to_be_visible()
    expect(page.get_by_role("link", name="journey", exact=True)).to_have_count(0)


def test_by_keyboard_alone(page: Page, demo: str) -> None:
    page.goto(demo + LIST)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="kyc-ocr", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="kyc-ocr")).to_be_visible()
    page.get_by_role("link", name="Delete…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Delete kyc-ocr?")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="kyc-ocr", exact=True)).to_be_visible()


def test_a_change_shows_without_losing_focus(page: Page, demo: str) -> None:
    page.goto(demo + "/n/default/services")
    expect(page.get_by_text("No model services in default")).to_be_visible()
    page.get_by_role("link", name="EN", exact=True).focus()
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name("one.yaml")
    file.write_text(YAML.replace("NAME", "one"))
    kubectl("-n", "default", "apply", "-f", str(file))
    link = page.get_by_role("link", name="one", exact=True)
    expect(link).to_be_visible()
    link.focus()
    page.evaluate("document.activeElement.mark = 'mine'")
    file.write_text(YAML.replace("NAME", "another"))
    kubectl("-n", "default", "apply", "-f", str(file))
    waiting = page.get_by_role("button", name="1 change pending")
    expect(waiting).to_be_visible()
    another = page.get_by_role("link", name="another", exact=True)
    expect(another).to_have_count(0)
    assert page.evaluate("document.activeElement.mark") == "mine"
    waiting.click()
    expect(another).to_be_visible()
    page.get_by_role("link", name="EN", exact=True).focus()
    page.mouse.move(0, 0)
    kubectl("-n", "default", "delete", "inferenceservices", "--all", "--wait=false")
    expect(page.get_by_text("No model services in default")).to_be_visible()


def test_broken_yaml_is_kept_and_its_line_is_one_click_away(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create")
    broken = YAML.replace("NAME", "broken").replace("metadata:", "metadata: [")
    page.get_by_label("YAML, one or more documents").fill(broken)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was created")
    assert page.get_by_label("YAML, one or more documents").input_value() == broken
    button = page.get_by_role("button", name=re.compile(r"^line \d"))
    line = int(button.get_attribute("data-line") or 0)
    button.click()
    focused, start = page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]")
    assert focused == "yaml-source"
    assert broken[:start].count("\n") == line - 1


def test_a_text_that_is_too_large_is_not_sent_and_not_lost(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create")
    large = "# " + "模" * 2_000_000
    editor = page.get_by_role("textbox")
    editor.fill(large)
    said = "The text is larger than 1048576 bytes."
    page.wait_for_function("said => document.querySelector('textarea').validationMessage === said", arg=said)
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(demo + "/n/team-vision/create")
    assert editor.evaluate("area => area.value.length") == len(large)
    editor.fill("kind: nothing")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Nothing was created")).to_be_visible()


def test_checks_come_while_one_types_and_a_fix_is_pressed(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?template=sklearn")
    editor = page.get_by_role("textbox")
    text = editor.input_value().replace("name: sklearn\n", "name: SKLearn\n")
    editor.fill("# mine\n" + text)
    fix = page.get_by_role("button", name=re.compile("Fix format-case in line"))
    expect(fix).to_be_visible()
    fix.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="accept it. Nothing was created yet.")).to_be_visible()
    assert page.get_by_role("textbox").input_value() == "# mine\n" + text.replace("SKLearn", "sklearn")


def test_a_service_is_edited_by_keyboard_after_a_review(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?name=to-edit&format=sklearn&uri=s3://models/x")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/services/to-edit")
    page.get_by_role("link", name="Edit…").focus()
    page.keyboard.press("Enter")
    editor = page.get_by_role("textbox")
    editor.fill(editor.input_value().replace("s3://models/x", "s3://models/y"))
    page.get_by_role("button", name="Review changes").press("Enter")
    expect(page.get_by_role("row", name="spec.predictor.model.storageUri")).to_contain_text("s3://models/y")
    expect(page.locator(".mw-diff-added")).to_contain_text("s3://models/y")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.wait_for_url("**/services/to-edit")
    expect(page.get_by_text("s3://models/y").first).to_be_visible()


def test_the_url_is_copied(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    page.get_by_role("button", name="Copy the URL of credit-score").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "http://credit-score.team-risk.example.com"


def test_the_selector_changes_the_namespace(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.get_by_label("Namespace").select_option("team-language")
    page.wait_for_url("**/n/team-language/services")
    page.goto(demo + "/")
    page.wait_for_url("**/n/team-language/services")
    page.go_back()


def test_language_and_theme_stay(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/services")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name="模型服务")).to_be_visible()
    page.locator("a.mw-tool:not(.mw-own-tab)").click()
    expect(page.locator("html.pf-v6-theme-dark")).to_have_count(1)
    page.goto(demo + "/n/team-risk/services/fraud")
    expect(page.locator("html.pf-v6-theme-dark[lang=zh-Hans]")).to_have_count(1)


def test_a_dark_machine_gets_the_dark_theme_without_a_choice(page: Page, demo: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(demo + "/n/team-risk/services")
    expect(page.locator("html.pf-v6-theme-dark")).to_have_count(1)


def test_everything_works_without_script(page: Page, demo: str) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(demo + "/n/team-vision/create")
    plain.get_by_label("YAML, one or more documents").fill("kind: nothing")
    plain.get_by_role("button", name="Create").click()
    expect(plain.get_by_text("apiVersion is missing.")).to_be_visible()
    context.close()
