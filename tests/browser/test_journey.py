"""The whole path of one user, by mouse and by keyboard."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.browser.editor import editor, write, written
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
    write(page, YAML.replace("NAME", name))
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
    write(page, YAML.replace("NAME", "journey"))
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
    write(page, broken)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was created")
    assert written(page) == broken
    button = page.locator(".mw-report").get_by_role("button", name=re.compile(r"^line \d"))
    line = int(button.get_attribute("data-line") or 0)
    button.click()
    expect(editor(page)).to_be_focused()
    expect(page.locator("#yaml-editor .cm-activeLine")).to_have_text(broken.split("\n")[line - 1])


def test_a_text_that_is_too_large_is_not_sent_and_not_lost(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create")
    large = "# " + "模" * 2_000_000
    write(page, large)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("The text is larger than 1048576 bytes.")
    expect(page).to_have_url(demo + "/n/team-vision/create")
    assert len(written(page)) == len(large)
    write(page, "kind: nothing")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Nothing was created")).to_be_visible()


def test_checks_come_while_one_types_and_a_fix_is_pressed(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?template=sklearn")
    text = written(page).replace("name: sklearn\n", "name: SKLearn\n")
    write(page, "# mine\n" + text)
    name = re.compile("Fix format-case in line")
    expect(page.get_by_role("region", name="Form").get_by_role("button", name=name)).to_be_visible()
    fix = page.get_by_role("region", name="Checks").get_by_role("button", name=name)
    expect(fix).to_be_visible()
    fix.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="accept it. Nothing was created yet.")).to_be_visible()
    assert written(page) == "# mine\n" + text.replace("SKLearn", "sklearn")


def test_a_service_is_edited_by_keyboard_after_a_review(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?name=to-edit&format=sklearn&uri=s3://models/x")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/services/to-edit")
    page.get_by_role("link", name="Edit…").focus()
    page.keyboard.press("Enter")
    write(page, written(page).replace("s3://models/x", "s3://models/y"))
    page.get_by_role("button", name="Review changes").press("Enter")
    expect(page.get_by_role("row", name="spec.predictor.model.storageUri")).to_contain_text("s3://models/y")
    expect(page.locator("#comparison .cm-merge-b")).to_contain_text("s3://models/y")
    page.set_viewport_size({"width": 700, "height": 800})  # one column now
    expect(page.locator("#comparison .cm-deletedChunk")).to_contain_text("s3://models/x")
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


def test_a_service_is_made_of_an_address_in_three_clicks(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create")
    page.get_by_label("Model address").click()
    page.keyboard.insert_text("s3://vision-models/three-clicks-sklearn/1.0")
    page.get_by_role("button", name="Check only").last.click()
    expect(page.get_by_role("heading", name="accept it. Nothing was created yet.")).to_be_visible()
    assert "name: three-clicks-sklearn\n" in written(page)
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/services/three-clicks-sklearn")


def test_form_and_yaml_are_one_document_by_keyboard(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?template=sklearn")
    editor(page).wait_for()
    write(page, "# mine\n" + written(page))
    expect(page.locator("#field-name")).to_have_value("sklearn-model")
    page.get_by_label("Minimum replicas").focus()
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('#yaml-source').value.includes('minReplicas: 2')")
    assert written(page).startswith("# mine\n")
    page.get_by_label("Memory request").fill("4GB")
    page.get_by_label("CPU request").fill("2")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Not a valid quantity. Enter it like this: 4G, 4Gi")).to_be_visible()
    page.wait_for_function("""() => document.querySelector('#yaml-source').value.includes("cpu: '2'")""")
    expect(page.get_by_label("Memory request")).to_have_value("4GB")
    write(page, written(page).replace("minReplicas: 2", "minReplicas: 3"))
    expect(page.get_by_label("Minimum replicas")).to_have_value("3")
    write(page, "a: [")
    expect(page.get_by_text("The form waits until the YAML can be read.")).to_be_visible()
    expect(page.locator("#field-name")).to_have_value("sklearn-model")
    expect(page.locator("#group-model")).to_have_attribute("inert", "")


def test_the_editor_completes_and_explains_from_the_schema_by_keyboard(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?template=sklearn")
    editor(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("      runt")
    options = page.locator("#yaml-editor [role=option]")
    expect(options.first).to_contain_text("runtime")
    expect(page.locator("#yaml-editor .cm-completionInfo")).to_contain_text("Name of the serving runtime")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+Enter")
    expect(options.filter(has_text="kserve-sklearnserver")).to_be_visible()
    page.keyboard.type("kserve-sk")
    expect(page.locator("#yaml-editor [aria-selected=true]")).to_have_text("kserve-sklearnserver")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('#yaml-source').value.endsWith('runtime: kserve-sklearnserver')"
    )
    page.locator("#yaml-editor .cm-line", has_text="modelFormat").get_by_text("modelFormat").hover()
    expect(page.locator("#yaml-editor .cm-field")).to_contain_text("KServe chooses the serving runtime by it")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor(page)).not_to_be_focused()


def test_problems_stand_at_their_line_and_are_fixed_by_keyboard(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?template=sklearn")
    write(page, written(page).replace("name: sklearn\n", "name: SKLearn\n"))
    expect(page.locator("#yaml-editor .cm-lintRange-error")).to_have_text("name: SKLearn")
    editor(page).focus()
    page.keyboard.press("F8")
    page.keyboard.press("Control+.")
    expect(page.get_by_role("heading", name="accept it. Nothing was created yet.")).to_be_visible()
    assert "name: sklearn\n" in written(page)


def test_a_file_is_opened_in_the_editor(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create")
    editor(page).wait_for()
    file = {"name": "one.yaml", "mimeType": "text/yaml", "buffer": YAML.replace("\n", "\r\n").encode()}
    page.locator("#yaml-file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("#field-name")).to_have_value("NAME")
    assert written(page) == YAML


def _apply(name: str) -> None:
    """A service by kubectl."""
    file = Path(os.environ["DEMO_KUBECONFIG"]).with_name(f"{name}.yaml")
    file.write_text(YAML.replace("NAME", name))
    kubectl("-n", "default", "apply", "-f", str(file))


def test_a_part_of_a_service_is_changed_in_place_by_keyboard(page: Page, demo: str) -> None:
    _apply("in-place")
    page.goto(demo + "/n/default/services/in-place")
    pencil = page.get_by_role("link", name="Change replicas")
    pencil.press("Enter")
    field = page.get_by_label("Maximum replicas")
    expect(page.get_by_label("Minimum replicas")).to_be_focused()
    field.fill("9")
    field.press("Enter")
    expect(page.get_by_role("row", name="spec.predictor.maxReplicas")).to_contain_text("9")
    expect(page.locator("#change")).to_contain_text("No pod restarts.")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_contain_text("Saved.")
    page.keyboard.press("Escape")
    expect(page.locator("#change")).to_have_count(0)
    expect(pencil).to_be_focused()
    pencil.press("Enter")
    expect(field).to_have_value("9")
    field.fill("nine")
    field.press("Enter")
    expect(page.get_by_text("Enter a whole number from 0 to 10000.")).to_be_visible()
    expect(field).to_have_value("nine")
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#change")).to_have_count(0)
    expect(page).to_have_url(demo + "/n/default/services/in-place")
    kubectl("-n", "default", "delete", "inferenceservice", "in-place")


def test_a_restart_makes_the_pods_anew(page: Page, demo: str) -> None:
    _apply("anew")
    page.goto(demo + "/n/default/services/anew/pods")
    page.get_by_role("link", name="Restart…").click()
    page.get_by_role("button", name="Restart", exact=True).press("Enter")
    expect(page.locator("#change")).to_contain_text("Saved.")
    found = kubectl("-n", "default", "get", "inferenceservice", "anew", "-o", "yaml")
    assert "kubectl.kubernetes.io/restartedAt" in found
    kubectl("-n", "default", "delete", "inferenceservice", "anew")


def test_credentials_are_added_without_leaving_the_form_by_keyboard(page: Page, demo: str) -> None:
    """A refusal loses nothing that was typed, secrets among it; the service runs as the account that has them."""
    page.goto(demo + "/n/team-risk/create?uri=hf://meta/llama-x&name=llama-x")
    way = page.get_by_role("list", name="How the model is accessed")
    expect(way).to_contain_text("ServiceAccount default verified")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    link = page.get_by_role("link", name="Add credentials")
    link.focus()
    page.keyboard.press("Enter")
    token = page.get_by_label("Access token")
    token.fill("hf_typed")
    name = page.locator("#credentials-name-secret")
    name.fill("Not a name")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Use lower-case letters, digits, hyphens and dots")).to_be_visible()
    expect(token).to_have_value("hf_typed")
    assert violations(page) == []
    name.fill("llama-token")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Services that run as llama-x-models have these credentials.")).to_be_visible()
    expect(way).to_contain_text("Secret llama-token verified")
    expect(page.get_by_label("Service account", exact=True)).to_have_value("llama-x-models")
    expect(page.locator("textarea#yaml-source")).to_have_value(
        re.compile("serviceAccountName: llama-x-models")
    )
    assert "hf_typed" not in page.content()
    close = page.get_by_role("link", name="Close")
    close.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#change")).to_have_count(0)


def test_a_conflict_is_decided_by_keyboard_and_nothing_is_lost(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-vision/create?name=fought-over&format=sklearn&uri=s3://models/x")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/services/fought-over")
    page.goto(demo + "/n/team-vision/services/fought-over/edit")
    write(page, written(page).replace("s3://models/x", "s3://models/mine"))
    theirs = '{"spec": {"predictor": {"model": {"storageUri": "s3://models/theirs"}}}}'
    kubectl("-n", "team-vision", "patch", "inferenceservice", "fought-over", "--type=merge", "-p", theirs)
    page.get_by_role("button", name="Review changes").press("Enter")
    expect(page.get_by_text("1 field was changed on both sides.")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    assert violations(page) == []
    assert "s3://models/mine" in written(page)
    mine = page.get_by_label("As I wrote it")
    mine.focus()
    page.keyboard.press("Space")
    expect(mine).to_be_checked()
    page.get_by_role("button", name="Review changes").press("Enter")
    expect(page.locator("#comparison .cm-merge-a")).to_contain_text("s3://models/theirs")
    expect(page.locator("#comparison .cm-merge-b")).to_contain_text("s3://models/mine")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/services/fought-over")
    expect(page.get_by_text("s3://models/mine").first).to_be_visible()
