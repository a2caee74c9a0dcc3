"""A name is not an identity: what is kept of a deleted service is nobody's but its namespace's."""

from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from tests.contract.cluster import contract
from tests.running import App, Person, running_app
from tests.sample_objects import service
from tests.waiting import until

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind
from modelsweb.store.container_log import LogKey
from modelsweb.store.logs import Logs

API = "rbac.authorization.k8s.io"
ROLE = Kind(group=API, version="v1", kind="ClusterRole", plural="clusterroles", namespaced=False)
BINDING = Kind(group=API, version="v1", kind="RoleBinding", plural="rolebindings")
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.0))
SECRET = "s3cr3t-of-the-former-owner"
TABS = ("", ".json", "/resources", "/pods", "/logs", "/events", "/yaml", "/yaml/download", "/live?once=1")


def _body(kind: Kind, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}, **more}


async def _own(client: KubeClient, namespace: str, user: str) -> None:
    """The namespace is the user's."""
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    with suppress(errors.AlreadyExistsError):
        await client.create(ROLE, _body(ROLE, f"all-{namespace}", rules=rules))
    body = _body(
        BINDING,
        "owner",
        roleRef={"apiGroup": API, "kind": "ClusterRole", "name": f"all-{namespace}"},
        subjects=[{"apiGroup": API, "kind": "User", "name": user}],
    )
    await client.create(BINDING, body, namespace=namespace)


async def _texts(person: Person, base: str) -> str:
    return "".join([(await person.get(base + tab)).text for tab in TABS])


@pytest.mark.parametrize("which", ["demo", pytest.param("real", marks=pytest.mark.real)])
async def test_a_namespace_that_is_made_again_shows_nothing_of_the_former(which: str) -> None:
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(contract(which))
        client, space = cluster.client, cluster.namespace
        app = await stack.enter_async_context(running_app(CONFIG, connection=cluster.connection))
        await app.ready()
        base = f"/n/{space}/services/iris"
        await _own(client, space, "former@example.com")
        made: dict[str, Any] = service("iris")
        made["spec"]["predictor"]["model"]["env"] = [{"name": "TOKEN", "value": SECRET}]
        await client.create(INFERENCE_SERVICE, made, namespace=space)
        former = await stack.enter_async_context(app.person("former@example.com"))
        later = await stack.enter_async_context(app.person("later@example.com"))

        async def is_shown() -> bool:
            return SECRET in (await former.get(f"{base}/yaml")).text

        await until(is_shown)
        await client.delete(INFERENCE_SERVICE, namespace=space, name="iris")

        async def is_kept() -> bool:
            page = (await former.get(f"{base}/yaml")).text
            return SECRET in page and 'data-state="gone"' in page

        await until(is_kept)
        await client.delete(NAMESPACE, name=space)

        async def is_made_again() -> bool:
            try:
                await client.create(NAMESPACE, _body(NAMESPACE, space))
            except errors.ConflictError:
                return False
            return True

        await until(is_made_again)
        await _own(client, space, "later@example.com")

        async def is_the_later_one_s() -> bool:
            return (await later.get(base)).status == 404

        await until(is_the_later_one_s)
        assert SECRET not in await _texts(later, base)
        assert (await former.get(base)).status == 403


async def test_where_namespaces_can_not_be_read_nothing_is_kept(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = KubeClient.watch

    def denied(self: KubeClient, kind: Kind, **given: Any) -> Any:
        if kind is NAMESPACE:
            raise errors.ForbiddenError("no right")
        return listing(self, kind, **given)

    monkeypatch.setattr(KubeClient, "watch", denied)
    async with running_app(CONFIG, connection=app.demo.connection) as other:
        await other.ready()
        async with other.alice as alice:
            await app.cluster.create(INFERENCE_SERVICE, service("kept"), namespace="team-risk")

            async def is_shown() -> bool:
                return (await alice.get("/n/team-risk/services/kept")).status == 200

            await until(is_shown)
            await app.cluster.delete(INFERENCE_SERVICE, namespace="team-risk", name="kept")

            async def is_gone() -> bool:
                return (await alice.get("/n/team-risk/services/kept")).status == 404

            await until(is_gone)


def test_logs_are_kept_for_the_same_service_in_the_same_namespace_alone() -> None:
    class _Nobody:
        def item(self, *_: str) -> None:
            """The pod is gone."""

    logs = Logs(None, (_Nobody(),), clock=None)  # type: ignore[arg-type]
    for owner in ("place/uid", ""):
        key = LogKey(
            namespace="ns", service="iris", pod="pod", uid=f"pod-of-{owner}", container="main", owner=owner
        )
        logs._logs[key] = None  # type: ignore[assignment]
    assert [key.owner for key in logs.kept("ns", "iris", owner="place/uid")] == ["place/uid"]
    for other in ("place/other", "other/uid", ""):
        assert logs.kept("ns", "iris", owner=other) == []
