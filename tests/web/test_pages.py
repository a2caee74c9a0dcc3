"""The pages, through HTTP, as three people see them."""

import json
import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from tests.running import NAMESPACE, App, running_app, text_of
from tests.sample_objects import service
from tests.waiting import until

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import Kind

LIST = f"/n/{NAMESPACE}/services"


async def test_the_list_shows_what_is_there(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        page = await alice.get(LIST)
    assert page.status == 200
    words = text_of(page.text)
    assert "Model services" in words
    assert "iris" in words
    assert "sklearn" in words
    assert "s3://models/iris" in words


async def test_a_reader_sees_but_gets_no_buttons(app: App) -> None:
    await app.add("iris")
    async with app.bob as bob:
        page = await bob.get(LIST)
    assert "iris" in page.text
    assert "/create" not in page.text
    assert "/delete" not in page.text


async def test_somebody_without_rights_sees_no_name(app: App) -> None:
    await app.add("secret-service")
    async with app.charlie as charlie:
        for path in (LIST, f"{LIST}.json", f"{LIST}/-/live", f"/n/{NAMESPACE}/services/secret-service"):
            answer = await charlie.get(path)
            assert answer.status == 403, path
            assert "secret-service" not in answer.text.replace("/services/secret-service", ""), path


async def test_who_may_list_nothing_hears_of_rights_and_not_of_a_namespace(app: App) -> None:
    await app.add("secret-service")
    async with app.charlie as charlie:
        words = text_of((await charlie.get("/services")).text)
    assert "No model services you can view" in words
    assert "There is no namespace" not in words


async def test_a_refusal_names_verb_resource_and_namespace(app: App) -> None:
    async with app.charlie as charlie:
        page = await charlie.get(LIST)
    words = text_of(page.text)
    for word in ("charlie@example.com", "list", "inferenceservices.serving.kserve.io", NAMESPACE):
        assert word in words


async def test_nobody_is_asked_to_sign_in(app: App) -> None:
    async with app.person(None) as nobody:
        assert (await nobody.get(LIST)).status == 401
        data = await nobody.get(f"{LIST}?format=json")
    assert data.status == 401
    assert "kubeflow-userid" in data.text


async def test_an_empty_namespace_offers_to_create(app: App) -> None:
    async with app.alice as alice:
        words = text_of((await alice.get(LIST)).text)
    assert f"No model services in {NAMESPACE}" in words
    assert "Create" in words


async def test_the_page_is_in_the_readers_language(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        page = await alice.get(LIST, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        assert 'lang="zh-Hans"' in page.text
        assert "模型服务" in page.text
        await alice.get(f"{LIST}?lang=en")
        page = await alice.get(LIST, headers={"Accept-Language": "zh-CN"})
    assert 'lang="en"' in page.text


async def test_the_theme_is_chosen_on_the_server(app: App) -> None:
    async with app.alice as alice:
        page = await alice.get(f"{LIST}?theme=dark")
    assert 'class="pf-v6-theme-dark"' in page.text
    assert page.url.endswith(LIST)


async def test_details_show_conditions_and_yaml(app: App) -> None:
    created = await app.add("iris")
    async with app.bob as bob:
        page = await bob.get(f"/n/{NAMESPACE}/services/iris")
        yaml = await bob.get(f"/n/{NAMESPACE}/services/iris/yaml")
    assert "Conditions" in page.text
    assert "managedFields" not in text_of(yaml.text).replace("without managedFields", "")
    assert created["metadata"]["uid"] in yaml.text


async def test_a_missing_service_is_not_found(app: App) -> None:
    async with app.alice as alice:
        page = await alice.get(f"/n/{NAMESPACE}/services/nobody")
    assert page.status == 404
    assert "Not found" in page.text


async def test_an_unknown_address_is_not_found(app: App) -> None:
    async with app.alice as alice:
        assert (await alice.get("/no/such/page")).status == 404
        answer = await alice.get("/api/no-such")
    assert answer.status == 404
    assert '"success":false' in answer.text


@pytest.mark.parametrize("name", ["%3F", "%2E%2E", "foo%23x", "Iris", "x%00", "a" * 254, "..%252F..%252Fx"])
async def test_what_is_no_name_reaches_nothing(app: App, name: str) -> None:
    async with app.alice as alice:
        assert (await alice.get(f"/n/{NAMESPACE}/services/{name}")).status == 404
        page = await alice.post(f"/n/{NAMESPACE}/services/{name}/delete", {"confirm": unquote(name)})
    assert page.status in {404, 405}  # clients take dots out of a path before they send it


async def test_errors_of_writes_are_pages_too(app: App) -> None:
    async with app.alice as alice:
        assert (await alice.post("/no/such/page", {}, token=False)).status == 404
        assert (await alice.post(f"/n/{NAMESPACE}/services", {}, token=False)).status == 405
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        broken = await alice.post(f"/n/{NAMESPACE}/create", {}, token=False, headers=headers)
    assert broken.status in {400, 403}
    assert "</html>" in broken.text


async def test_json_pages_hold_sentences_and_answer_errors_in_json(app: App) -> None:
    await app.add("iris")
    async with app.bob as bob:
        answer = await bob.get(f"/n/{NAMESPACE}/services.json", headers={"Accept-Language": "zh"})
        missing = await bob.get(f"/n/{NAMESPACE}/services/nobody.json")
    (row,) = json.loads(answer.text)["rows"]
    assert (row["name"], row["status"], row["cause"]) == ("iris", "starting", None)
    assert missing.status == 404
    assert json.loads(missing.text)["reason"] == "NotFound"


async def test_a_choice_never_leads_to_another_site(app: App) -> None:
    config = replace(app.config, web=replace(app.config.web, prefix=""))
    async with running_app(config) as root, root.alice as alice:
        answer = await alice.get("//example.com/?lang=en", follow=False)
    assert not answer.headers.get("Location", "").startswith("//")


async def test_a_namespace_that_does_not_exist_is_said_to_be_none() -> None:
    config = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(is_disabled=True))
    async with running_app(config) as app, app.alice as alice:
        page = await alice.get("/n/nope/services")
        assert "There is no namespace nope" in page.text
        assert "/n/nope/create" not in page.text


async def test_markup_in_names_and_annotations_stays_text(app: App) -> None:
    body = await app.add("iris")
    evil = "<script>alert(1)</script>"
    change = {
        "metadata": {"annotations": {"note": evil}},
        "spec": {"predictor": {"model": {"storageUri": f"s3://{evil}"}}},
    }
    from modelsweb.kinds import INFERENCE_SERVICE

    await app.cluster.patch(INFERENCE_SERVICE, change, namespace=NAMESPACE, name=body["metadata"]["name"])
    async with app.alice as alice:
        for path in (LIST, f"/n/{NAMESPACE}/services/iris", f"/n/{NAMESPACE}/services/iris/yaml"):
            page = await alice.get(path)
            assert evil not in page.text
    assert "&lt;script&gt;" in page.text


async def test_every_answer_carries_the_security_headers(app: App) -> None:
    async with app.alice as alice:
        for path in (LIST, "/no/such/page", "/healthz/liveness"):
            headers = (await alice.get(path)).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


async def test_the_prefix_may_be_stripped_or_not(app: App) -> None:
    stripped = app.alice
    stripped.prefix = ""
    async with app.alice as alice, stripped as other:
        direct = await alice.get(LIST)
        behind = await other.get(LIST)
    assert direct.status == behind.status == 200
    assert 'action="/models/namespaces"' in behind.text


async def test_the_bare_prefix_leads_to_the_start(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.get("", follow=False)
        asking = await alice.get("?lang=zh-Hans", follow=False)
    assert (answer.status, answer.headers["location"]) == (308, "/models/")
    assert asking.headers["location"] == "/models/?lang=zh-Hans"


async def test_old_bookmarks_still_work(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.get(f"/details/{NAMESPACE}/iris", follow=False)
    assert answer.headers["location"] == f"/models/n/{NAMESPACE}/services/iris"


async def test_who_may_not_list_namespaces_types_one(app: App) -> None:
    async with app.charlie as charlie:
        page = await charlie.get("/namespaces")
        assert "You do not have permission to list namespaces" in page.text
        answer = await charlie.get("/namespaces?namespace=team-risk", follow=False)
        assert answer.headers["location"] == "/models/n/team-risk/services"
        assert (await charlie.get("/namespaces?namespace=%3Cscript%3E")).status == 400


async def test_who_may_not_list_namespaces_is_offered_their_own(app: App) -> None:
    bindings = Kind(
        group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings"
    )
    for namespace in (NAMESPACE, "team-vision"):
        await app.cluster.create(INFERENCE_SERVICE, service(f"of-{namespace}"), namespace=namespace)
        body = {
            "apiVersion": bindings.api_version,
            "kind": bindings.kind,
            "metadata": {"name": "charlies"},
            "roleRef": {"apiGroup": bindings.group, "kind": "ClusterRole", "name": "kserve-view"},
            "subjects": [{"apiGroup": bindings.group, "kind": "User", "name": "charlie@example.com"}],
        }
        await app.cluster.create(bindings, body, namespace=namespace)
    async with app.charlie as charlie:

        async def shown() -> bool:
            said = (await charlie.get("/")).text
            return all(f"of-{namespace}" in said for namespace in (NAMESPACE, "team-vision"))

        await until(shown)
        said = (await charlie.get("/")).text
        options = re.findall(r'<option value="([^"]*)"', said.partition("</select>")[0])
        assert set(options) >= {NAMESPACE, "team-vision"}
        assert "team-language" not in said


async def test_create_is_offered_in_the_list_of_all_and_asks_where(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        assert "/models/namespaces?to=create" in (await alice.get("/services")).text
        choice = (await alice.get("/namespaces?to=create")).text
        assert f'href="/models/n/{NAMESPACE}/create"' in choice
        assert "team-vision/create" not in choice
        answer = await alice.get(f"/namespaces?to=create&namespace={NAMESPACE}", follow=False)
        assert answer.headers["location"] == f"/models/n/{NAMESPACE}/create"
        assert (await alice.get("/namespaces?to=create&namespace=*", follow=False)).status == 400
    async with app.bob as bob:
        assert "/namespaces?to=create" not in (await bob.get("/services")).text
        assert (
            "You do not have permission to create services in any namespace"
            in (await bob.get("/namespaces?to=create")).text
        )


async def test_the_last_namespace_is_remembered(app: App) -> None:
    async with app.alice as alice:
        assert (await alice.get("/", follow=False)).headers["location"] == "/models/services"
        await alice.get("/namespaces?namespace=team-risk")
        assert (await alice.get("/", follow=False)).headers["location"] == "/models/n/team-risk/services"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en;q=0.5, zh-CN;q=0.8", "zh-Hans"),
        ("fr, zh;q=0.3, en;q=0.4", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=nonsense, en", "en"),
        ("zh-TW, en", "zh-Hans"),
        ("", "en"),
    ],
)
async def test_the_quality_of_a_language_counts(app: App, accepted: str, language: str) -> None:
    async with app.alice as alice:
        page = await alice.get(LIST, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (f"/n/{NAMESPACE}/services/", f"/n/{NAMESPACE}/services"),
        (f"/n/{NAMESPACE}/services/?q=a%20b", f"/n/{NAMESPACE}/services?q=a%20b"),
        (f"/details/{NAMESPACE}/fraud/", f"/details/{NAMESPACE}/fraud"),
        ("/?ns=other", "/n/other/services"),
        ("//evil.example/", "/evil.example"),
    ],
)
async def test_addresses_that_people_keep_lead_on(app: App, asked: str, shown: str) -> None:
    async with app.alice as alice:
        answer = await alice.get(asked, follow=False)
    assert answer.status in {303, 308}
    assert answer.headers["location"] == f"/models{shown}"


async def test_a_missing_page_without_a_slash_is_missing(app: App) -> None:
    async with app.alice as alice:
        assert (await alice.get("/nothing/here")).status == 404


@pytest.mark.parametrize("name", ["live", "act", "services"])
async def test_a_service_may_be_called_like_a_part_of_the_list(app: App, name: str) -> None:
    await app.add(name)
    async with app.alice as alice:
        page = await alice.get(f"/n/{NAMESPACE}/services/{name}")
        assert page.status == 200
        assert f">{name}</h1>" in page.text
        assert (await alice.get(f"/n/{NAMESPACE}/services/{name}/live?once=1")).status == 200


async def test_former_addresses_lead_to_todays_with_their_query(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        for part in (
            "",
            "/logs?c=main&at=fault",
            "/yaml?status=0",
            "/resources/deployments.apps/iris-predictor",
        ):
            moved = await alice.get(f"/n/{NAMESPACE}/isvc/iris{part}", follow=False)
            assert moved.status == 301
            assert moved.headers["Location"].endswith(f"/n/{NAMESPACE}/services/iris{part}")
        for old, new in (
            (f"/details/{NAMESPACE}/iris", f"/n/{NAMESPACE}/services/iris"),
            ("/new", "/"),
            (
                f"/n/{NAMESPACE}/services/iris/metrics/figures.json?range=1h",
                f"/n/{NAMESPACE}/services/iris/metrics/charts.json?range=1h",
            ),
            (f"/n/{NAMESPACE}/services/-/sparks.json", f"/n/{NAMESPACE}/services/-/sparklines.json"),
            ("/services/-/sparks.json", "/services/-/sparklines.json"),
        ):
            moved = await alice.get(old, follow=False)
            assert (moved.status, moved.headers["Location"].removeprefix("/models")) == (301, new)
        assert (await alice.get(f"/n/{NAMESPACE}/isvc/iris")).status == 200
        assert (
            (await alice.get(f"/n/{NAMESPACE}/isvc//evil.example.com", follow=False))
            .headers["Location"]
            .startswith("/models/n/")
        )
