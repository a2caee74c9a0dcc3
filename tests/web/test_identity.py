"""Who is asking, where they may look at all, and how many streams they may keep open."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from tests.running import NAMESPACE, App, Person, message_with, next_message, running_app
from tests.sample_objects import service
from tests.waiting import LIMIT, until

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, ConfigError, WebConfig, from_environment
from modelsweb.errors import Attributes
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient

LIST = f"/n/{NAMESPACE}/services"
BASE = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.0))


def _with(**auth: object) -> Config:
    return replace(BASE, auth=replace(BASE.auth, **auth))  # type: ignore[arg-type]


def _person(app: App, **headers: str) -> Person:
    return app.person(None, **{name.replace("_", "-"): value for name, value in headers.items()})


async def test_the_prefix_is_taken_off_the_front_only() -> None:
    async with running_app(_with(userid_prefix="mail:")) as app:
        async with app.person("mail:alice@example.com") as alice:
            assert (await alice.get(LIST)).status == 200
        for name in ("alice@example.commail:", "alice@example.com", "Mail:alice@example.com"):
            async with app.person(name) as other:
                assert (await other.get(LIST)).status == 401
        async with app.person("mail:") as nobody:
            assert (await nobody.get(LIST)).status == 401


async def test_a_header_that_was_sent_twice_is_refused(app: App) -> None:
    async with AsyncExitStack() as stack:
        nobody = await stack.enter_async_context(app.person(None))
        assert nobody._session is not None
        for names in (("alice@example.com", "charlie@example.com"), ("alice@example.com",) * 2):
            headers = [("kubeflow-userid", name) for name in names]
            async with nobody._session.get(app.address + "/models" + LIST, headers=headers) as answer:
                assert answer.status == 401
                assert "more than once" in await answer.text()


async def test_groups_count_where_their_header_is_configured() -> None:
    async with running_app(_with(groups_header="kubeflow-groups")) as app:
        await _bind_group(app)
        async with _person(app, kubeflow_userid="zoe@example.com", kubeflow_groups="a, risk-team") as zoe:
            assert (await zoe.get(LIST)).status == 200
        async with _person(app, kubeflow_userid="zoe@example.com") as zoe:
            assert (await zoe.get(LIST)).status == 403
    async with running_app(BASE) as app:
        await _bind_group(app)
        async with _person(app, kubeflow_userid="zoe@example.com", kubeflow_groups="risk-team") as zoe:
            assert (await zoe.get(LIST)).status == 403


async def _bind_group(app: App) -> None:
    bindings = replace(
        INFERENCE_SERVICE,
        group="rbac.authorization.k8s.io",
        version="v1",
        kind="RoleBinding",
        plural="rolebindings",
    )
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "team"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "kserve-view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "risk-team"}],
    }
    await app.cluster.create(bindings, body, namespace=NAMESPACE)


async def test_only_the_allowed_namespaces_are_there_for_anybody() -> None:
    config = _with(allowed_namespaces=f"{NAMESPACE}, elsewhere")
    for disabled in (False, True):
        async with running_app(replace(config, auth=replace(config.auth, is_disabled=disabled))) as app:
            for namespace in (NAMESPACE, "team-vision"):
                await app.cluster.create(INFERENCE_SERVICE, service("hidden-or-not"), namespace=namespace)
            async with app.alice as alice:

                async def shown() -> bool:
                    return "hidden-or-not" in (await alice.get(f"{LIST}.json")).text

                await until(shown)
                everything = (await alice.get("/services")).text
                assert "team-vision" not in everything
                assert "team-vision" not in (await alice.get("/namespaces")).text
                for path in (
                    "/n/team-vision/services",
                    "/n/team-vision/services.json",
                    "/n/team-vision/services/-/live",
                    "/n/team-vision/services/-/export.csv",
                    "/n/team-vision/services/hidden-or-not",
                    "/n/team-vision/services/hidden-or-not/logs/lines",
                    "/n/team-vision/services/hidden-or-not/yaml/download",
                    "/n/team-vision/services/hidden-or-not/delete",
                ):
                    assert (await alice.get(path)).status == 403, path
                refused = await alice.post("/n/team-vision/create", {"yaml": "kind: InferenceService"})
                assert refused.status in {403, 422}
                refused = await alice.post(
                    "/n/team-vision/services/hidden-or-not/delete", {"confirm": "hidden-or-not", "uid": ""}
                )
                assert refused.status == 403


def test_allowed_namespaces_fail_closed() -> None:
    for value in (",", "Team", "a b", "team/../x"):
        with pytest.raises(ConfigError, match="ALLOWED_NAMESPACES"):
            from_environment({"ALLOWED_NAMESPACES": value})
    assert from_environment({"ALLOWED_NAMESPACES": "a, b"}).auth.namespaces == frozenset({"a", "b"})
    assert from_environment({}).auth.namespaces is None


async def test_who_may_frame_us_is_a_setting() -> None:
    config = replace(BASE, web=replace(BASE.web, frame_ancestors="https://kubeflow.example.com"))
    async with running_app(config) as app, app.alice as alice:
        policy = (await alice.get(LIST)).headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors https://kubeflow.example.com")
    for value in ("'self'; script-src *", "a\r\nb", " "):
        with pytest.raises(ConfigError, match="FRAME_ANCESTORS"):
            from_environment({"MODELSWEB_WEB_FRAME_ANCESTORS": value})


async def test_one_user_s_streams_are_capped_and_others_are_not_hurt() -> None:
    config = replace(BASE, web=replace(BASE.web, max_streams=5))
    async with running_app(config) as app, AsyncExitStack() as stack:
        alice = await stack.enter_async_context(app.alice)
        bob = await stack.enter_async_context(app.bob)
        opened = [await stack.enter_async_context(alice.stream(f"{LIST}/-/live")) for _ in range(8)]
        assert sorted(answer.status for answer in opened) == [200] * 5 + [429] * 3
        other = await stack.enter_async_context(bob.stream(f"{LIST}/-/live"))
        assert other.status == 200
        opened[0].close()

        async def has_room() -> bool:
            async with alice.stream(f"{LIST}/-/live") as answer:
                return answer.status == 200

        await until(has_room)


async def test_a_write_whose_origin_is_another_site_is_refused(app: App) -> None:
    async with app.alice as alice:
        for origin in ("https://evil.example.com", "null"):
            answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": "x"}, headers={"Origin": origin})
            assert answer.status == 403
        own = app.address
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": "- 1"}, headers={"Origin": own})
        assert answer.status == 422
        forwarded = {"Origin": "https://kubeflow.example.com", "X-Forwarded-Host": "kubeflow.example.com"}
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": "- 1"}, headers=forwarded)
        assert answer.status == 422


async def test_who_asks_in_a_loop_is_slowed_and_others_are_not() -> None:
    config = replace(BASE, web=replace(BASE.web, requests_per_second=2.0))
    config = replace(config, auth=replace(config.auth, cache_seconds=60.0))
    async with running_app(config) as app, app.bob as bob, app.charlie as charlie:
        answers = [await bob.get(LIST) for _ in range(40)]
        assert answers[0].status == 200
        slowed = [answer for answer in answers if answer.status == 429]
        assert slowed
        assert slowed[0].headers["retry-after"] == "1"
        assert (await charlie.get(LIST)).status == 403

        async def is_served_again() -> bool:
            return (await bob.get(LIST)).status == 200

        await until(is_served_again)


async def test_with_tokens_no_header_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def known(_: KubeClient, token: str) -> tuple[str, tuple[str, ...]] | None:
        return ("alice@example.com", ()) if token == "good" else None

    monkeypatch.setattr(KubeClient, "review_token", known)
    async with running_app(_with(tokens=True)) as app:
        for headers, status in (
            ({"kubeflow_userid": "alice@example.com"}, 401),
            ({"Authorization": "Bearer bad", "kubeflow_userid": "alice@example.com"}, 401),
            ({"Authorization": "Basic good"}, 401),
            ({"Authorization": "Bearer good"}, 200),
            ({"Authorization": "bearer good", "kubeflow_userid": "charlie@example.com"}, 200),
        ):
            async with _person(app, **headers) as person:
                assert (await person.get(LIST)).status == status, headers


async def test_a_stream_ends_with_the_token_that_opened_it(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"good"}

    async def known(_: KubeClient, token: str) -> tuple[str, tuple[str, ...]] | None:
        return ("alice@example.com", ()) if token in good else None

    monkeypatch.setattr(KubeClient, "review_token", known)
    async with (
        running_app(_with(tokens=True, cache_seconds=0.1)) as app,
        _person(app, Authorization="Bearer good") as person,
    ):
        async with person.stream(f"{LIST}/-/live") as answer:
            await next_message(answer)
            good.clear()
            assert "You are not signed in" in await message_with(answer, "signed in")
            assert b"event: close" in await asyncio.wait_for(answer.content.read(), LIMIT)
        assert (await person.get(LIST)).status == 401


async def test_kubernetes_own_groups_are_not_a_proxy_s_to_give() -> None:
    async with running_app(_with(groups_header="kubeflow-groups")) as app:
        headers = {"kubeflow_userid": "zoe@example.com", "kubeflow_groups": "system:masters,risk-team"}
        async with _person(app, **headers) as zoe:
            assert (await zoe.get(LIST)).status == 403


async def test_while_rights_can_not_be_reviewed_nothing_new_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    config = _with(cache_seconds=0.1)
    async with running_app(config) as app, app.alice as alice, alice.stream(f"{LIST}/-/live") as answer:
        await message_with(answer, "summary")
        review = KubeClient.review

        async def away(*_: object, **__: object) -> bool:
            raise errors.ClusterError("the authorizer's webhook timed out")

        monkeypatch.setattr(KubeClient, "review", away)
        assert "Cluster error" in await message_with(answer, "stale")
        await app.cluster.create(INFERENCE_SERVICE, service("meanwhile"), namespace=NAMESPACE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await message_with(answer, "meanwhile")
        monkeypatch.setattr(KubeClient, "review", review)
        await message_with(answer, "meanwhile")


NAMES = (
    "zoë.müller@example.com",
    "李雷@example.com",
    "Ada.Lovelace@Example.com",
    "CORP\\ada",
    "oidc:ada lovelace",
    "system:serviceaccount:ci:deployer",
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_what_the_proxy_wrote_in_utf8(
    app: App, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    review = KubeClient.review

    async def noted(self: KubeClient, user: str, groups: tuple[str, ...], *, attributes: Attributes) -> bool:
        asked.add(user)
        return await review(self, user, groups, attributes=attributes)

    monkeypatch.setattr(KubeClient, "review", noted)
    address = urlsplit(app.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"GET /models{LIST} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nkubeflow-userid: {name}\r\n\r\n"
    writer.write(head.encode())
    page = (await asyncio.wait_for(reader.read(), LIMIT)).decode()
    writer.close()
    assert " 403 " in page.partition("\r\n")[0]
    assert name in page
    assert asked == {name}


async def test_groups_may_come_in_several_headers() -> None:
    async with running_app(_with(groups_header="kubeflow-groups")) as app:
        await _bind_group(app)
        async with app.person(None) as nobody:
            assert nobody._session is not None
            headers = [
                ("kubeflow-userid", "zoe@example.com"),
                ("kubeflow-groups", "a"),
                ("kubeflow-groups", "risk-team"),
            ]
            async with nobody._session.get(app.address + "/models" + LIST, headers=headers) as answer:
                assert answer.status == 200
