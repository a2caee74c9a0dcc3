"""The live stream: changed fragments as they happen, an end when rights or the app go."""

import asyncio
import time

from tests.running import NAMESPACE, App, next_message

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import Kind

LIVE = f"/n/{NAMESPACE}/services/live"


async def test_a_change_arrives_as_the_fragment_that_changed(app: App) -> None:
    async with app.bob as bob, bob.stream(LIVE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = await next_message(answer)
        assert 'hx-target="#services"' in first
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
    assert "arrived" in second
    assert 'hx-target="#freshness"' not in second


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
        assert "here" in await next_message(answer)


async def test_a_deleted_service_leaves_a_notice_and_ends_the_stream(app: App) -> None:
    await app.add("iris")
    async with app.bob as bob, bob.stream(f"/n/{NAMESPACE}/isvc/iris/live") as answer:
        await next_message(answer)
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
        last = await next_message(answer)
        assert 'hx-target="#notice"' in last
        rest = await asyncio.wait_for(answer.content.read(), 20)
    assert b"event: close" in rest


async def test_a_stream_ends_when_its_right_goes(app: App) -> None:
    await app.add("iris")
    binding = Kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings")
    async with app.bob as bob, bob.stream(LIVE) as answer:
        await next_message(answer)
        await app.cluster.delete(binding, namespace=NAMESPACE, name="kserve-view")
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
        last = await next_message(answer)
    assert "You may not do this" in last


async def test_open_streams_do_not_hold_up_the_end(app: App) -> None:
    async with app.bob as bob, bob.stream(LIVE) as answer:
        await next_message(answer)
        started = time.monotonic()
        app.closing.set()
        await asyncio.wait_for(answer.content.read(), 5)
    assert time.monotonic() - started < 2
