"""Creating and editing through the pages, on the demo cluster and on a real API server."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE, POD, SERVICE_ACCOUNT
from modelsweb.kinds import SECRET as SECRET_KIND
from modelsweb.kube.client import KubeClient
from modelsweb.manifests.starting_point import templates
from modelsweb.objects.kind import Kind
from tests.contract.cluster import Cluster
from tests.contract.test_personas import API, populated
from tests.running import App, Person, Reply, text_of
from tests.waiting import until

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: %s}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: "s3://models/x"}}}
"""
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: models}\n"
SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {a: "1"}\n'


@pytest.fixture
async def app(cluster: Cluster) -> AsyncIterator[App]:
    async with populated(cluster) as (app, _):
        yield app


def _admin(app: App) -> Any:
    return app.person("admin@example.com")


async def _create(admin: Person, cluster: Cluster, *documents: str, **fields: str) -> Reply:
    return await admin.post(
        f"/n/{cluster.namespace}/create", {"yaml": "---\n".join(documents), "despite": "1", **fields}
    )


async def test_a_text_is_created_whole_or_not_at_all_and_again_without_harm(
    cluster: Cluster, app: App
) -> None:
    async with _admin(app) as admin:
        wrong = (SERVICE % "two").replace("spec: {", "spec: {more: 1, ")
        answer = await _create(admin, cluster, ACCOUNT, SERVICE % "one", wrong)
        assert answer.status == 422, text_of(answer.text)
        names = {one["metadata"]["name"] for one in await _services(cluster)}
        assert names == {"iris"}
        answer = await _create(admin, cluster, SERVICE % "one", ACCOUNT)
        assert answer.status == 200, text_of(answer.text)
        account = await cluster.client.get(SERVICE_ACCOUNT, namespace=cluster.namespace, name="models")
        assert account["metadata"]["name"] == "models"
        answer = await _create(admin, cluster, SERVICE % "one", ACCOUNT, SERVICE % "two")
        words = text_of(answer.text)
        assert answer.status == 200, words
        assert "1 document was created." in words
        assert "InferenceService one exists already, with the same content." in words
        assert "ServiceAccount models exists already, with the same content." in words


async def test_a_double_click_creates_once(cluster: Cluster, app: App) -> None:
    async with _admin(app) as admin:
        answers = await asyncio.gather(*(_create(admin, cluster, SERVICE % "one") for _ in range(3)))
        assert [one.status for one in answers] == [200, 200, 200]


async def test_checking_leaves_nothing_behind(cluster: Cluster, app: App) -> None:
    async with _admin(app) as admin:
        answer = await _create(admin, cluster, SERVICE % "one", SECRET, step="check")
        assert answer.status == 200, text_of(answer.text)
        assert {one["metadata"]["name"] for one in await _services(cluster)} == {"iris"}


async def test_an_edit_goes_through_beside_a_controller_that_writes_all_the_time(
    cluster: Cluster, app: App
) -> None:
    path = f"/n/{cluster.namespace}/services/iris/edit"
    done = asyncio.Event()

    async def write_the_status() -> int:
        number = 0
        while not done.is_set():
            number += 1
            status = {"status": {"observedGeneration": number}}
            await cluster.client.patch(
                INFERENCE_SERVICE, status, namespace=cluster.namespace, name="iris", subresource="status"
            )
        return number

    async with _admin(app) as admin:
        form = await _form(admin, path)
        writing = asyncio.create_task(write_the_status())
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await admin.post(path, {**form, "step": "review"})
        assert answer.status == 200, text_of(answer.text)
        reviewed = re.findall(r'name="reviewed" value="(\w+)"', answer.text)[0]
        saved = await admin.post(path, {**form, "step": "save", "reviewed": reviewed})
        done.set()
        assert await writing > 0
        assert saved.url.partition("#")[0].endswith("/services/iris"), text_of(saved.text)
    live = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
    assert live["spec"]["predictor"]["maxReplicas"] == 7


async def test_a_conflict_waits_for_a_choice_and_nothing_is_overwritten(cluster: Cluster, app: App) -> None:
    path = f"/n/{cluster.namespace}/services/iris/edit"
    async with _admin(app) as admin:
        form = await _form(admin, path)
        theirs = {"spec": {"predictor": {"maxReplicas": 5}}}
        await cluster.client.patch(INFERENCE_SERVICE, theirs, namespace=cluster.namespace, name="iris")
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await admin.post(path, {**form, "step": "save"})
        assert answer.status == 422
        assert "1 field was changed on both sides" in text_of(answer.text)
    live = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
    assert live["spec"]["predictor"]["maxReplicas"] == 5


async def test_all_conflicts_are_settled_at_once_and_only_those_that_were_seen(
    cluster: Cluster, app: App
) -> None:
    path = f"/n/{cluster.namespace}/services/iris/edit"
    async with _admin(app) as admin:
        form = await _form(admin, path)
        theirs = {"spec": {"predictor": {"maxReplicas": 5, "timeout": 2}}}
        await cluster.client.patch(INFERENCE_SERVICE, theirs, namespace=cluster.namespace, name="iris")
        mine = "predictor:\n    maxReplicas: 7\n    timeout: 3\n"
        form["yaml"] = form["yaml"].replace("predictor:\n", mine, 1)
        answer = await admin.post(path, {**form, "step": "review", "choice:*": "mine"})
        assert answer.status == 200, text_of(answer.text)
        settled = dict(re.findall(r'name="(choice:[^"]+)"\s+value="([^"]+)"', answer.text))
        assert {html.unescape(name) for name in settled} == {
            "choice:spec.predictor.maxReplicas",
            "choice:spec.predictor.timeout",
        }
        again = {"spec": {"predictor": {"maxReplicas": 6}}}
        await cluster.client.patch(INFERENCE_SERVICE, again, namespace=cluster.namespace, name="iris")
        answer = await admin.post(path, {**form, **settled, "step": "review"})
        assert answer.status == 422  # it was chosen over another value
        assert "1 field was changed on both sides" in text_of(answer.text)


async def test_credentials_go_onto_an_account_beside_what_it_has(cluster: Cluster, app: App) -> None:
    path = f"/n/{cluster.namespace}/credentials"
    first = {"storage": "hf", "secret": "token", "account": "models", "hf-token": "not-shown"}
    keys = {"access-key": "AKIA", "secret-key": "not-shown", "endpoint": "http://minio:9000"}
    second = {"storage": "s3", "secret": "keys", "account": "models", **keys}
    async with _admin(app) as admin:
        for form in (first, second):
            answer = await admin.post(path, form)
            assert answer.status == 200, text_of(answer.text)
            assert 'data-account="models"' in answer.text
            assert "not-shown" not in answer.text
        again = await admin.post(path, second)
        assert again.status == 422
        assert "Secret keys already exists" in text_of(again.text)
        attached = await admin.post(path, {"storage": "s3", "secret": "keys", "account": "models"})
        assert attached.status == 200
        page = await admin.get(f"/n/{cluster.namespace}/create?uri=s3://b/m")
        assert "models" in page.text
    account = await cluster.client.get(SERVICE_ACCOUNT, namespace=cluster.namespace, name="models")
    assert [one["name"] for one in account["secrets"]] == ["token", "keys"]
    made = await cluster.client.get(SECRET_KIND, namespace=cluster.namespace, name="keys")
    assert set(made["data"]) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert made["metadata"]["annotations"] == {
        "serving.kserve.io/s3-endpoint": "minio:9000",
        "serving.kserve.io/s3-usehttps": "0",
    }


async def test_an_account_that_cannot_be_written_leaves_no_secret(cluster: Cluster, app: App) -> None:
    """Both are tried before either is made."""
    path = f"/n/{cluster.namespace}/credentials"
    form = {"storage": "hf", "secret": "token", "account": "Not_A_Name", "hf-token": "t"}
    async with _admin(app) as admin, app.person("editor@example.com") as editor:
        assert (await admin.post(path, form)).status == 422
        refused = await editor.post(path, {**form, "account": "models"})
        assert refused.status == 422
        assert "needs permission to create secrets" in text_of(refused.text)
    for kind, name in ((SECRET_KIND, "token"), (SERVICE_ACCOUNT, "models")):
        with pytest.raises(errors.NotFoundError):
            await cluster.client.get(kind, namespace=cluster.namespace, name=name)


async def _form(admin: Person, path: str) -> dict[str, str]:
    async def is_there() -> bool:
        return (await admin.get(path)).status == 200

    await until(is_there)
    page = await admin.get(path)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    text = html.unescape(fields["base"])
    return {"uid": fields["uid"], "base": text, "yaml": text}


async def _services(cluster: Cluster) -> list[dict[str, Any]]:
    path = INFERENCE_SERVICE.path(cluster.namespace)
    found = await cluster.client.request_json("GET", path)
    return list(found["items"])


async def test_a_part_is_changed_in_place_after_its_review(cluster: Cluster, app: App) -> None:
    path = f"/n/{cluster.namespace}/services/iris/edit"
    async with _admin(app) as admin:
        form = await _form(admin, f"{path}?part=replicas")
        del form["yaml"]
        given = {**form, "part": "replicas", "was:max-replicas": "", "form:max-replicas": "4"}
        reviewed = await admin.post(path, {**given, "step": "review"})
        assert reviewed.status == 200, text_of(reviewed.text)
        live = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
        assert "maxReplicas" not in live["spec"]["predictor"]
        digest = re.findall(r'name="reviewed" value="(\w+)"', reviewed.text)[0]
        bad = await admin.post(path, {**given, "form:max-replicas": "many", "step": "review"})
        assert bad.status == 422
        assert 'value="many"' in bad.text
        saved = await admin.post(path, {**given, "step": "save", "reviewed": digest})
        assert saved.status == 200, text_of(saved.text)
    live = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
    assert live["spec"]["predictor"]["maxReplicas"] == 4


async def test_a_service_is_stopped_and_started(cluster: Cluster, app: App) -> None:
    path = f"/n/{cluster.namespace}/services/-/act/do"
    stop = "serving.kserve.io/stop"

    async def annotations() -> dict[str, str]:
        live = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
        return dict(live["metadata"].get("annotations") or {})

    async with _admin(app) as admin:
        item = f"{cluster.namespace}/iris/"
        assert "1 service stopped" in text_of((await admin.post(path, {"action": "stop", "item": item})).text)
        assert (await annotations())[stop] == "true"
        assert "1 service started" in text_of(
            (await admin.post(path, {"action": "start", "item": item})).text
        )
        assert stop not in await annotations()


async def test_a_deletion_that_hangs_is_shown_with_what_holds_it(cluster: Cluster, app: App) -> None:
    held = {"metadata": {"finalizers": ["example.com/hold"]}}
    await cluster.client.patch(INFERENCE_SERVICE, held, namespace=cluster.namespace, name="iris")
    page = f"/n/{cluster.namespace}/services/iris"
    async with _admin(app) as admin:
        answer = await admin.post(f"{page}/delete", {"confirm": "iris", "uid": ""})
        assert answer.status == 200, text_of(answer.text)

        async def says_so() -> bool:
            words = text_of((await admin.get(page)).text)
            return "Deleting" in words and "example.com/hold" in words

        await until(says_so)
        free = {"metadata": {"finalizers": None}}
        await cluster.client.patch(INFERENCE_SERVICE, free, namespace=cluster.namespace, name="iris")

        async def is_gone() -> bool:
            try:
                await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
            except errors.NotFoundError:
                return True
            return False

        await until(is_gone)


async def test_who_may_create_services_but_no_secrets_gets_the_line_and_nothing_half(
    cluster: Cluster, app: App
) -> None:
    async with app.person("editor@example.com") as editor:
        answer = await _create(editor, cluster, SECRET, SERVICE % "one")
        assert answer.status == 422
        assert "needs permission to create secrets" in text_of(answer.text)
        assert {one["metadata"]["name"] for one in await _services(cluster)} == {"iris"}
        assert (await _create(editor, cluster, SERVICE % "one")).status == 200
    assert {one["metadata"]["name"] for one in await _services(cluster)} == {"iris", "one"}


async def test_a_second_submit_goes_on_where_the_first_one_stopped(
    cluster: Cluster, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster goes away between two documents: what was sent stays, and the rest follows."""
    create = KubeClient.create
    made: list[str] = []

    async def fails_after_the_first(
        self: KubeClient, kind: Kind, body: dict[str, Any], **options: Any
    ) -> dict[str, Any]:
        is_ours = kind in {SERVICE_ACCOUNT, INFERENCE_SERVICE} and not options.get("dry_run")
        if is_ours and made:
            raise errors.UnavailableError("The API server went away.")
        created = await create(self, kind, body, **options)
        if is_ours:
            made.append(body["metadata"]["name"])
        return created

    async with _admin(app) as admin:
        with monkeypatch.context() as patched:
            patched.setattr(KubeClient, "create", fails_after_the_first)
            answer = await _create(admin, cluster, ACCOUNT, SERVICE % "one", SERVICE % "two")
        assert answer.status == 503
        assert "Only some of the documents were created." in text_of(answer.text)
        assert made == ["models"]
        answer = await _create(admin, cluster, ACCOUNT, SERVICE % "one", SERVICE % "two")
        words = text_of(answer.text)
        assert answer.status == 200, words
        assert "ServiceAccount models exists already, with the same content." in words
    assert {one["metadata"]["name"] for one in await _services(cluster)} == {"iris", "one", "two"}


async def test_what_an_owner_applies_gives_the_right_that_lacked(cluster: Cluster, app: App) -> None:
    path = f"/n/{cluster.namespace}/create"
    async with app.person("viewer@example.com") as viewer:
        page = await viewer.get(path)
        assert "You do not have permission to create services here" in text_of(page.text)
        found = re.search(r'data-copy="([^"]*kind: RoleBinding[^"]*)"', page.text)
        assert found is not None
        for body in yaml.safe_load_all(html.unescape(found[1])):
            kind = replace(POD, group=API, plural=f"{body['kind'].lower()}s", kind=body["kind"])
            await cluster.client.create(kind, body, namespace=cluster.namespace)

        async def may() -> bool:
            return 'id="yaml-source"' in (await viewer.get(path)).text

        await until(may)
        assert (await _create(viewer, cluster, SERVICE % "one")).status == 200


async def test_the_cluster_accepts_every_template(cluster: Cluster, app: App) -> None:
    refused = {}
    async with _admin(app) as admin:
        for key, source in templates().items():
            answer = await _create(admin, cluster, source, step="check")
            if answer.status != 200:
                refused[key] = text_of(answer.text)[:2_000]
    assert refused == {}
