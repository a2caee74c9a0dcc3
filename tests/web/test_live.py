"""The live stream: changed fragments as they happen, an end when rights or the app go."""

import asyncio
import json
import re
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.running import NAMESPACE, App, message_with, next_message, running_app
from tests.waiting import LIMIT, until

from modelsweb.kinds import INFERENCE_SERVICE, POD
from modelsweb.objects.kind import Kind

LIVE = f"/n/{NAMESPACE}/services/-/live"


async def test_a_change_arrives_as_the_fragment_that_changed(app: App) -> None:
    async with app.bob as bob, bob.stream(LIVE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert 'hx-target="#summary"' in await next_message(answer)
        assert json.loads(await next_message(answer)) == {"order": [], "rows": {}}
        await app.cluster.create(
            INFERENCE_SERVICE,
            {
                "apiVersion": "serving.kserve.io/v1beta1",
                "kind": "InferenceService",
                "metadata": {"name": "arrived"},
                "spec": {
                    "predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://a/b"}}
                },
            },
            namespace=NAMESPACE,
        )
        second = await next_message(answer)
        rows = json.loads(await message_with(answer, "arrived"))
    assert 'hx-target="#summary"' in second
    assert 'hx-target="#freshness"' not in second
    assert len(rows["order"]) == len(rows["rows"]) == 1


async def test_a_change_elsewhere_wakes_nobody(app: App) -> None:
    async with app.bob as bob, bob.stream(LIVE) as answer:
        await next_message(answer)
        body = {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {"name": "elsewhere"},
            "spec": {"predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://a/b"}}},
        }
        await app.cluster.create(INFERENCE_SERVICE, body, namespace="team-vision")
        await app.cluster.create(
            INFERENCE_SERVICE, {**body, "metadata": {"name": "here"}}, namespace=NAMESPACE
        )
        assert "elsewhere" not in await message_with(answer, "here")


async def test_a_deleted_service_is_kept_for_reading_on_every_tab(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.add("iris")
    page = f"/n/{NAMESPACE}/services/iris"
    async with app.alice as alice, alice.stream(f"{page}/live") as answer:
        await next_message(answer)
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
        last = await message_with(answer, 'data-state="gone"')
        assert "Showing its last state" in last
        assert "Delete…" not in last
        for tab in ("", "/resources", "/pods", "/events", "/logs", "/metrics", "/yaml"):
            shown = await alice.get(page + tab)
            assert shown.status == 200, tab
            assert "Showing its last state" in shown.text, tab
        assert "name: iris" in (await alice.get(f"{page}/yaml/download")).text
        assert (await alice.get(f"{page}/delete")).status == 404
        async with app.charlie as charlie:
            assert (await charlie.get(page)).status == 403
        await app.add("iris")
        assert "Showing its last state" not in (await alice.get(page)).text
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")

        async def is_gone() -> bool:
            return "Showing its last state" in (await alice.get(page)).text

        await until(is_gone)
        monkeypatch.setattr("modelsweb.store.recently_deleted._KEPT", timedelta(0))

        async def is_forgotten() -> bool:
            return (await alice.get(page)).status == 404

        await until(is_forgotten)


async def test_a_stream_ends_when_its_right_goes(app: App) -> None:
    binding = Kind(group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings")
    config = replace(app.config, auth=replace(app.config.auth, cache_seconds=0))
    async with running_app(config) as hasty, hasty.bob as bob, bob.stream(LIVE) as answer:
        await next_message(answer)
        await hasty.cluster.delete(binding, namespace=NAMESPACE, name="kserve-view")
        last = await message_with(answer, "Permission denied")
    assert 'data-state="lost"' in last


async def test_viewers_with_equal_rights_share_one_rendering(app: App) -> None:
    async with AsyncExitStack() as stack:
        answers = []
        for _ in range(5):
            bob = await stack.enter_async_context(app.bob)
            answers.append(await stack.enter_async_context(bob.stream(LIVE)))
        await app.add("iris")
        told = [await message_with(answer, "iris") for answer in answers]
        alice = await stack.enter_async_context(app.alice)
        hers = await stack.enter_async_context(alice.stream(LIVE))
        other = await message_with(hers, "iris")
    assert len(set(told)) == 1
    assert "/delete" in other
    assert "/delete" not in told[0]


async def test_who_returns_gets_what_they_missed_and_nothing_else(app: App) -> None:
    await app.add("iris")
    async with app.bob as bob:
        page = await bob.get(f"/n/{NAMESPACE}/services")
        seen = re.search(r'data-seen="([^"]+)"', page.text)
        assert seen is not None
        poll = f"{LIVE}?once=1&seen={seen[1]}"
        assert (await bob.get(poll)).text == ""
        await app.add("later")
        missed = (await bob.get(poll)).text
        unknown = (await bob.get(f"{LIVE}?once=1&seen=never-1")).text
    assert "later" in missed
    assert "services/iris" in unknown


async def test_words_of_pods_are_told_only_to_those_who_may_read_pods(app: App) -> None:
    role = Kind(
        group="rbac.authorization.k8s.io",
        version="v1",
        kind="ClusterRole",
        plural="clusterroles",
        namespaced=False,
    )
    binding = Kind(group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings")
    rule = {"apiGroups": ["serving.kserve.io"], "resources": ["inferenceservices"], "verbs": ["get", "list"]}
    await app.cluster.create(
        role,
        {
            "apiVersion": role.api_version,
            "kind": role.kind,
            "metadata": {"name": "models-only"},
            "rules": [rule],
        },
    )
    subject = {"kind": "User", "name": "dora@example.com", "apiGroup": "rbac.authorization.k8s.io"}
    reference = {"kind": "ClusterRole", "name": "models-only", "apiGroup": "rbac.authorization.k8s.io"}
    body = {
        "apiVersion": binding.api_version,
        "kind": binding.kind,
        "metadata": {"name": "dora"},
        "subjects": [subject],
        "roleRef": reference,
    }
    await app.cluster.create(binding, body, namespace=NAMESPACE)
    created = await app.add("iris")
    labels = {"serving.kserve.io/inferenceservice": "iris", "component": "predictor"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "iris-predictor-1", "labels": labels},
        "spec": {"containers": [{"name": "kserve-container", "image": "x"}]},
    }
    await app.cluster.create(POD, pod, namespace=NAMESPACE)
    waiting = {"reason": "ImagePullBackOff", "message": "secret-registry.example.com says no"}
    container = {"name": "kserve-container", "restartCount": 0, "state": {"waiting": waiting}}
    status = {"phase": "Pending", "containerStatuses": [container]}
    await app.cluster.patch(
        POD, {"status": status}, namespace=NAMESPACE, name="iris-predictor-1", subresource="status"
    )
    assert created["metadata"]["name"] == "iris"
    async with app.bob as bob, app.person("dora@example.com") as dora:

        async def told() -> bool:
            return "secret-registry" in (await bob.get(f"/n/{NAMESPACE}/services")).text

        await until(told)
        pages = [
            (await dora.get(f"/n/{NAMESPACE}/{path}")).text
            for path in ("services", "services/iris", "services.json")
        ]
    assert all("iris" in page and "secret-registry" not in page for page in pages)


async def test_open_streams_do_not_hold_up_the_end(app: App) -> None:
    async with app.bob as bob, bob.stream(LIVE) as answer:
        await next_message(answer)
        app.closing.set()
        await asyncio.wait_for(answer.content.read(), LIMIT)
