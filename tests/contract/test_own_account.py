"""The app under its own account, with exactly the generated ClusterRole: everything works, and nothing more is allowed."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.errors import Attributes
from modelsweb.kinds import INFERENCE_SERVICE, KINDS, LLM_INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind
from modelsweb.objects.rbac import cluster_role, namespace_roles, user_roles
from tests.contract.cluster import Cluster, Impersonating
from tests.running import App, running_app
from tests.sample_objects import service
from tests.waiting import until

API = "rbac.authorization.k8s.io"
ROLE = Kind(group=API, version="v1", kind="ClusterRole", plural="clusterroles", namespaced=False)
CLUSTER_BINDING = Kind(
    group=API, version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings", namespaced=False
)
BINDING = Kind(group=API, version="v1", kind="RoleBinding", plural="rolebindings")
NAMESPACED_ROLE = Kind(group=API, version="v1", kind="Role", plural="roles")
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.0))


@asynccontextmanager
async def installed(cluster: Cluster) -> AsyncIterator[tuple[App, str]]:
    """The app as the account of the manifests; editor@example.com has the user roles in the test's namespace."""
    account = f"system:serviceaccount:{cluster.namespace}:modelsweb"
    names = {}
    for role in (cluster_role(KINDS), *user_roles(KINDS)):
        name = f"{role['metadata']['name']}-{cluster.namespace}"
        names[role["metadata"]["name"]] = name
        await cluster.client.create(ROLE, {**role, "metadata": {"name": name}})
    await cluster.client.create(CLUSTER_BINDING, _binding(cluster, "account", names["modelsweb"], account))
    for role_name in ("modelsweb-view", "modelsweb-edit"):
        await cluster.client.create(
            BINDING,
            _binding(cluster, role_name, names[role_name], "editor@example.com", of="RoleBinding"),
            namespace=cluster.namespace,
        )
    connection = replace(
        cluster.connection, credentials=Impersonating(cluster.connection.credentials, account)
    )
    try:
        async with running_app(CONFIG, connection=connection) as app:
            yield app, account
    finally:
        await cluster.client.delete(CLUSTER_BINDING, name=f"account-{cluster.namespace}")
        for name in names.values():
            await cluster.client.delete(ROLE, name=name)


def _binding(cluster: Cluster, name: str, role: str, user: str, *, of: str = "") -> dict[str, object]:
    kind = of or "ClusterRoleBinding"
    return {
        "apiVersion": f"{API}/v1",
        "kind": kind,
        "metadata": {"name": name if of else f"{name}-{cluster.namespace}"},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": API, "kind": "User", "name": user}],
    }


async def test_every_feature_works_with_the_generated_role_alone(cluster: Cluster) -> None:
    space = f"/n/{cluster.namespace}"
    async with AsyncExitStack() as stack:
        app, _ = await stack.enter_async_context(installed(cluster))
        editor = await stack.enter_async_context(app.person("editor@example.com"))
        outsider = await stack.enter_async_context(app.person("outsider@example.com"))
        await app.ready()
        source = json.dumps(service("owned"))
        created = await editor.post(f"{space}/create", {"yaml": source})
        assert created.status == 200, created.text
        refused = await outsider.post(f"{space}/create", {"yaml": json.dumps(service("not-theirs"))})
        assert refused.status == 422
        assert "inferenceservices.serving.kserve.io" in refused.text
        with pytest.raises(errors.NotFoundError):
            await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="not-theirs")

        async def listed() -> bool:
            return '"owned"' in (await editor.get(f"{space}/services.json")).text

        await until(listed)
        for tab in ("", "/resources", "/pods", "/events", "/logs", "/yaml"):
            page = await editor.get(f"{space}/services/owned{tab}")
            assert page.status == 200, tab
            assert "because this app itself may not" not in page.text, tab
            assert "because you may not list" not in page.text, tab
            assert (await outsider.get(f"{space}/services/owned{tab}")).status == 403, tab

        async def has_pod() -> bool:
            return "owned-predictor" in (await editor.get(f"{space}/services/owned/pods")).text

        await until(has_pod)
        lines = await editor.get(f"{space}/services/owned/logs/lines?once=1")
        assert lines.status == 200
        assert "event: streams" in lines.text
        assert '"state":"denied"' not in lines.text
        stopped = await editor.post(
            f"{space}/services/-/act/do", {"action": "stop", "item": f"{cluster.namespace}/owned"}
        )
        assert stopped.status in {200, 303, 422}
        uid = json.loads((await editor.get(f"{space}/services/owned.json")).text)["head"]["uid"]
        gone = await editor.post(f"{space}/services/owned/delete", {"confirm": "owned", "uid": uid})
        assert gone.status == 200, gone.text

        async def is_gone() -> bool:
            return '"owned"' not in (await editor.get(f"{space}/services.json")).text

        await until(is_gone)


async def test_a_confined_app_needs_no_right_beyond_its_namespaces(cluster: Cluster) -> None:
    """Not even the names of other namespaces: only rights are reviewed for the whole cluster."""
    account = f"system:serviceaccount:{cluster.namespace}:modelsweb"
    subjects = [{"kind": "ServiceAccount", "name": "modelsweb", "namespace": cluster.namespace}]
    reviews = {**cluster_role([]), "metadata": {"name": f"reviews-{cluster.namespace}"}}
    await cluster.client.create(ROLE, reviews)
    await cluster.client.create(
        CLUSTER_BINDING,
        _binding(cluster, "account", f"reviews-{cluster.namespace}", account),
    )
    for one in namespace_roles(KINDS, [cluster.namespace], account=cluster.namespace):
        if one["metadata"].get("namespace") == cluster.namespace:
            kind = NAMESPACED_ROLE if one["kind"] == "Role" else BINDING
            assert one.get("subjects", subjects) == subjects
            await cluster.client.create(kind, one, namespace=cluster.namespace)
    await cluster.client.create(INFERENCE_SERVICE, service("inside"), namespace=cluster.namespace)
    connection = replace(
        cluster.connection, credentials=Impersonating(cluster.connection.credentials, account)
    )
    config = replace(
        CONFIG, auth=replace(CONFIG.auth, allowed_namespaces=cluster.namespace, is_disabled=True)
    )
    try:
        async with running_app(config, connection=connection) as app, app.person("anybody") as person:

            async def has_row() -> bool:
                return '"inside"' in (await person.get(f"/n/{cluster.namespace}/services.json")).text

            await until(has_row)
            await app.ready()
            for tab in ("", "/resources", "/pods", "/events", "/logs", "/yaml"):
                page = await person.get(f"/n/{cluster.namespace}/services/inside{tab}")
                assert page.status == 200, tab
                assert "because this app itself may not" not in page.text, tab
            everywhere = await person.get("/services.json")
            assert '"inside"' in everywhere.text
            assert (await person.get("/n/kube-system/services")).status == 403
    finally:
        await cluster.client.delete(CLUSTER_BINDING, name=f"account-{cluster.namespace}")
        await cluster.client.delete(ROLE, name=f"reviews-{cluster.namespace}")


async def test_the_account_may_nothing_that_the_app_does_not_do(cluster: Cluster) -> None:
    async with installed(cluster) as (_, account), KubeClient(cluster.connection) as client:
        for verb, group, resource, subresource in (
            ("get", "", "secrets", ""),
            ("list", "", "secrets", ""),
            ("create", "", "pods", ""),
            ("create", "", "pods", "exec"),
            ("delete", "", "pods", ""),
            ("update", INFERENCE_SERVICE.group, INFERENCE_SERVICE.plural, "status"),
            ("update", LLM_INFERENCE_SERVICE.group, LLM_INFERENCE_SERVICE.plural, "status"),
            ("deletecollection", INFERENCE_SERVICE.group, INFERENCE_SERVICE.plural, ""),
            ("patch", "apps", "deployments", ""),
            ("create", API, "clusterrolebindings", ""),
            ("impersonate", "", "users", ""),
        ):
            asked = Attributes(
                verb=verb,
                group=group,
                resource=resource,
                namespace=cluster.namespace,
                name="",
                subresource=subresource,
            )
            assert not await client.review(account, (), attributes=asked), (verb, resource)
        allowed = Attributes(
            verb="patch",
            group=INFERENCE_SERVICE.group,
            resource=INFERENCE_SERVICE.plural,
            namespace=cluster.namespace,
        )
        assert await client.review(account, (), attributes=allowed)


SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {a: "1"}\n'


async def test_a_secret_needs_the_optional_role_and_is_refused_with_its_command(cluster: Cluster) -> None:
    """The user may create Secrets; the app's account may not, and then it may."""
    rights = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}]
    role = {"apiVersion": f"{API}/v1", "kind": "Role", "metadata": {"name": "keys"}, "rules": rights}
    async with installed(cluster) as (app, account), app.person("editor@example.com") as editor:
        await cluster.client.create(NAMESPACED_ROLE, role, namespace=cluster.namespace)
        for name, user in (("of-the-user", "editor@example.com"), ("of-the-app", account)):
            if name == "of-the-app":
                answer = await editor.post(f"/n/{cluster.namespace}/create", {"yaml": SECRET})
                assert answer.status == 422
                assert "This app is not allowed to create Secrets." in answer.text
                assert f"kubectl -n {cluster.namespace} create -f -" in answer.text
            binding = _binding(cluster, name, "keys", user, of="RoleBinding")
            binding["roleRef"] = {"apiGroup": API, "kind": "Role", "name": "keys"}
            await cluster.client.create(BINDING, binding, namespace=cluster.namespace)
        answer = await editor.post(f"/n/{cluster.namespace}/create", {"yaml": SECRET})
        assert answer.status == 200
        again = await editor.post(f"/n/{cluster.namespace}/create", {"yaml": SECRET})
        assert again.status == 200
        assert "It could not be compared" in again.text
