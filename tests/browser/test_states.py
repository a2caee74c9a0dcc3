"""What pages say when there is nothing to show, nobody to ask, or nobody signed in."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import hide, violations
from tests.browser.editor import editor, write, written
from tests.browser.processes import demo_process, guarded_process, kubectl
from tests.waiting import LIMIT

BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: looks, namespace: quiet}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kserve-view}
subjects: [{kind: User, name: looks@example.com, apiGroup: rbac.authorization.k8s.io}]
"""
RISK = "/n/team-risk/services"
SIGNED_IN = re.compile("/(n/|namespaces)")


@pytest.fixture
def signed_out(browser: Browser) -> Iterator[Page]:
    """A page on which the browser may complain: it does so about redirects to other sites."""
    page = browser.new_page(locale="en-US")
    yield page
    page.close()


@pytest.fixture
def nobody(guarded: str, browser: Browser) -> Iterator[Page]:
    """Somebody without any right."""
    page = browser.new_page(extra_http_headers={"kubeflow-userid": "nobody@example.com"}, locale="en-US")
    yield page
    page.close()


def _sign_in_page(route: Route) -> None:
    route.fulfill(status=302, headers={"location": "https://login.example.com/"})


def _refuse(route: Route) -> None:
    route.fulfill(status=401, body="sign in", content_type="text/html")


@pytest.mark.parametrize("proxy", [_sign_in_page, _refuse])
def test_a_session_that_ended_is_said_and_the_page_goes_on_after_it(
    signed_out: Page, demo: str, proxy: Callable[[Route], None]
) -> None:
    page = signed_out
    page.goto(demo + RISK)
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    rows = page.locator("#services tbody").count()
    page.route(SIGNED_IN, proxy)
    hide(page, hidden=True)
    hide(page, hidden=False)  # the stream is opened anew, and the proxy answers
    expect(page.get_by_role("alert")).to_contain_text("Your session ended.")
    expect(page.locator("#freshness")).to_contain_text("Session ended")
    assert page.locator("#services tbody").count() == rows
    expect(page.get_by_role("link", name="Sign in again")).to_have_attribute("target", "_blank")
    assert violations(page) == []
    page.get_by_role(
        "link", name="Name", exact=True
    ).click()  # a filter: the sign-in page must not be swapped in
    expect(page.locator("#services tbody")).to_have_count(rows)
    page.unroute(SIGNED_IN, proxy)
    expect(page.locator("#session")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-stream", "live")


def test_a_form_is_not_sent_into_a_session_that_ended(signed_out: Page, demo: str) -> None:
    page = signed_out
    page.goto(demo + "/n/team-risk/create")
    write(page, "kind: typed")
    page.route(SIGNED_IN, _sign_in_page)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session ended.")
    assert written(page) == "kind: typed"
    page.unroute(SIGNED_IN, _sign_in_page)
    expect(page.locator("#session")).to_be_hidden()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Nothing was created")).to_be_visible()
    assert written(page) == "kind: typed"


def test_a_text_that_got_no_answer_is_there_again(page: Page, demo: str) -> None:
    page.goto(demo + "/n/team-risk/create")
    area = page.locator("#yaml-source")
    write(page, "kind: Typed\n")
    page.route("**/create", lambda route: route.fulfill(body="A proxy cannot reach the app."))
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("A proxy cannot reach the app.")).to_be_visible()
    page.unroute_all()
    page.goto(demo + "/n/team-risk/create")
    expect(area).to_have_value("kind: Typed\n")
    expect(page.get_by_text("This is the text that you submitted before")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Nothing was created")).to_be_visible()
    page.goto(demo + "/n/team-risk/create")
    expect(area).not_to_have_value("kind: Typed\n")


def test_what_is_typed_is_there_after_a_reload_and_offered_later(page: Page, demo: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(demo + "/n/team-risk/create")
    write(page, "# typed\nkind: Typed\n")
    page.reload()
    expect(page.get_by_text("This is what you typed before the page was reloaded.")).to_be_visible()
    assert written(page) == "# typed\nkind: Typed\n"
    page.goto(demo + "/n/team-risk/services")
    page.goto(demo + "/n/team-risk/create?template=sklearn")
    assert "sklearn-model" in written(page)
    page.get_by_role("button", name="Use it").click()
    assert written(page) == "# typed\nkind: Typed\n"
    page.goto(demo + "/n/team-risk/create")
    page.get_by_role("button", name="Discard it").click()
    page.goto(demo + "/n/team-risk/create")
    editor(page).wait_for()
    expect(page.get_by_role("button", name="Use it")).to_be_hidden()


def test_a_secret_is_not_kept_in_the_browser(page: Page, demo: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(demo + "/n/team-risk/create")
    write(page, "kind: Secret\nstringData: {token: hush}\n")
    page.reload()
    assert "hush" not in written(page)
    assert "hush" not in page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    write(page, '{"kind": "Secret", "stringData": {"token": "hush"}}')
    page.reload()
    assert "hush" not in written(page)


def test_a_variable_like_a_secret_stays_in_its_tab(page: Page, demo: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(demo + "/n/team-risk/create")
    write(page, "env:\n- name: HF_TOKEN\n  value: hush\n")
    page.reload()
    assert "hush" in written(page)
    assert "hush" not in page.evaluate("JSON.stringify(localStorage)")


def test_an_empty_list_offers_creation_only_to_those_who_may(
    page: Page, demo: str, guarded: str, browser: Browser, tmp_path: Path
) -> None:
    quiet = tmp_path / "quiet.yaml"
    quiet.write_text("{apiVersion: v1, kind: Namespace, metadata: {name: quiet}}\n---\n" + BINDING)
    kubectl("apply", "-f", str(quiet))
    page.goto(f"{demo}/n/quiet/services")
    expect(page.get_by_role("heading", name="No model services in quiet")).to_be_visible()
    expect(page.get_by_role("link", name="Create").first).to_be_visible()
    assert violations(page) == []
    other = browser.new_page(extra_http_headers={"kubeflow-userid": "looks@example.com"}, locale="en-US")
    other.goto(f"{guarded}/n/quiet/services")
    expect(other.get_by_role("heading", name="No model services in quiet")).to_be_visible()
    expect(other.get_by_role("link", name="Create")).to_have_count(0)
    assert violations(other) == []
    other.close()


def test_without_any_namespace_it_is_said_how_to_get_one(nobody: Page, guarded: str) -> None:
    nobody.goto(guarded + "/")
    expect(nobody.get_by_role("heading", level=1)).to_be_visible()
    assert violations(nobody) == []
    nobody.goto(guarded + RISK)
    expect(nobody.get_by_role("heading", name="Permission denied")).to_be_visible()
    expect(nobody.get_by_text("inferenceservices.serving.kserve.io").first).to_be_visible()
    assert violations(nobody) == []


def test_a_cluster_without_kserve_is_said(browser: Browser, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with demo_process(kubeconfig) as (address, _):
        page = browser.new_page(locale="en-US")
        page.goto(address + RISK)
        expect(page.locator("html")).to_have_attribute("data-stream", "live")
        kubectl(
            "delete",
            "customresourcedefinition",
            "inferenceservices.serving.kserve.io",
            "--wait=false",
            kubeconfig=kubeconfig,
        )
        expect(page.locator("#freshness")).to_contain_text("Not available")
        page.reload()
        expect(page.get_by_text("Check that KServe is installed.").first).to_be_visible()
        assert violations(page) == []
        page.close()


def test_a_cluster_that_was_never_there_is_said_until_it_is(browser: Browser, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with demo_process(kubeconfig) as (_, process):
        process.terminate()
        process.wait(timeout=LIMIT)
        with guarded_process(str(kubeconfig), is_ready=False) as app:
            page = browser.new_page(
                extra_http_headers={"kubeflow-userid": "alice@example.com"}, locale="en-US"
            )
            answer = page.goto(app + RISK)
            assert answer is not None
            assert answer.status == 503
            expect(page.get_by_role("heading", name="The cluster is not responding")).to_be_visible()
            expect(page.get_by_role("link", name="Try again")).to_be_visible()
            assert violations(page) == []
            page.close()
