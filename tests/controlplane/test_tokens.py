"""Bearer tokens, as the cluster itself issues and reviews them: who they stand for, and when they end."""

import json
from dataclasses import replace
from typing import Any

import pytest

from modelsweb.kinds import KINDS
from modelsweb.objects.kind import Kind
from modelsweb.objects.rbac import cluster_role, user_roles
from tests.contract.cluster import Cluster, Impersonating, contract
from tests.contract.test_own_account import API, BINDING, CLUSTER_BINDING, CONFIG, ROLE
from tests.running import Person, next_message, running_app
from tests.sample_objects import service

ACCOUNT = Kind(group="", version="v1", kind="ServiceAccount", plural="serviceaccounts")


async def _token(cluster: Cluster, name: str) -> str:
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 600},
    }
    path = ACCOUNT.path(cluster.namespace, name, subresource="token")
    answer = await cluster.client.request_json("POST", path, body=body)
    return str(answer["status"]["token"])


def _bind(role: str, name: str, subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


async def _by_the_api(bot: Person, space: str) -> None:
    """A token alone reads, and writes as far as its user may, without proof that no other site sent it."""
    services = f"/api/v1/namespaces/{space}/inferenceservices"
    async with bot:
        assert (await bot.get(services)).status == 200
        bare = {"X-Requested-By": ""}
        refused = await bot.call("POST", services, service("made"), headers=bare)
        assert (refused.status, json.loads(refused.text)["code"]) == (403, "permission-denied")
        named = {**bare, "kubeflow-userid": "admin@example.com"}
        foreign = await bot.call("POST", services, service("made"), headers=named)
        assert (foreign.status, json.loads(foreign.text)["code"]) == (403, "untrusted-page")


@pytest.mark.real
async def test_a_token_of_the_cluster_names_its_user_until_it_ends() -> None:
    async with contract("real") as cluster:
        space = cluster.namespace
        app_user = f"system:serviceaccount:{space}:modelsweb"
        viewer = user_roles(KINDS)[0]
        roles = {f"tokens-{space}": cluster_role(KINDS, tokens=True), f"viewer-{space}": viewer}
        for name, role in roles.items():
            await cluster.client.create(ROLE, {**role, "metadata": {"name": name}})
        for name in ("ci-bot", "stranger"):
            await cluster.client.create(ACCOUNT, {"metadata": {"name": name}}, namespace=space)
        subject = {"apiGroup": API, "kind": "User", "name": app_user}
        await cluster.client.create(CLUSTER_BINDING, _bind(f"tokens-{space}", f"tokens-{space}", subject))
        subject = {"kind": "ServiceAccount", "name": "ci-bot", "namespace": space}
        await cluster.client.create(BINDING, _bind(f"viewer-{space}", "ci-bot", subject), namespace=space)
        connection = replace(
            cluster.connection, credentials=Impersonating(cluster.connection.credentials, app_user)
        )
        config = replace(CONFIG, auth=replace(CONFIG.auth, tokens=True, cache_seconds=0.1))
        path = f"/n/{space}/services"
        good, strange = await _token(cluster, "ci-bot"), await _token(cluster, "stranger")
        try:
            async with running_app(config, connection=connection) as app:

                def bearer(token: str) -> Person:
                    return app.person("admin@example.com", Authorization=f"Bearer {token}")

                async with bearer(good) as bot, bearer(strange) as stranger, bearer(good + "x") as forger:
                    await app.ready()
                    page = await bot.get(path)
                    assert page.status == 200
                    assert f"system:serviceaccount:{space}:ci-bot" in page.text
                    refused = await stranger.get(path)
                    assert refused.status == 403
                    assert f"system:serviceaccount:{space}:stranger" in refused.text
                    assert (await forger.get(path)).status == 401
                    await _by_the_api(app.person(None, Authorization=f"Bearer {good}"), space)
                    async with bot.stream(f"{path}/-/live") as answer:
                        await next_message(answer)
                        await cluster.client.delete(ACCOUNT, namespace=space, name="ci-bot")
                        assert b"event: close" in await answer.content.read()
                    assert (await bot.get(path)).status == 401
        finally:
            await cluster.client.delete(CLUSTER_BINDING, name=f"tokens-{space}")
            for name in roles:
                await cluster.client.delete(ROLE, name=name)
