"""Every route as every persona; what is expected is computed from the RBAC objects that were created."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import (
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    KINDS,
    NAMESPACE,
    SECRET,
    SERVICE_ACCOUNT,
)
from modelsweb.manifests.document import dump
from modelsweb.manifests.merge import editable
from modelsweb.objects.kind import Kind
from modelsweb.objects.rbac import user_roles
from modelsweb.web.routes import PAGES
from modelsweb.web.urls import MOVED
from tests.contract.cluster import Cluster
from tests.running import App, Person, running_app
from tests.sample_objects import service
from tests.waiting import until

API = "rbac.authorization.k8s.io"
ROLE = Kind(group=API, version="v1", kind="ClusterRole", plural="clusterroles", namespaced=False)
CLUSTER_BINDING = Kind(
    group=API, version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings", namespaced=False
)
BINDING = Kind(group=API, version="v1", kind="RoleBinding", plural="rolebindings")
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0, prefix=""), auth=AuthConfig(cache_seconds=0.0))

VIEW, EDIT = (role["rules"] for role in user_roles(KINDS))
LOGS = [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]
ALL = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]

Rules = list[dict[str, Any]]
Question = tuple[str, str, str]
LIST_SERVICES = ("list", INFERENCE_SERVICE.group, INFERENCE_SERVICE.plural)
GET_SERVICE = ("get", INFERENCE_SERVICE.group, INFERENCE_SERVICE.plural)
GET_LOG = ("get", "", "pods/log")
GET_METRICS = ("get", "metrics.k8s.io", "pods")

_PLURALS = {False: "servingruntimes", True: "clusterservingruntimes"}
"""The kind that pages of any root kind are tried with, in a namespace and in the whole cluster."""

NEEDS: Mapping[str, tuple[Question, ...]] = {
    **dict.fromkeys(
        (
            "service_list",
            "service_list_data",
            "service_list_live",
            "service_list_export",
            "service_list_sparklines",
        ),
        (LIST_SERVICES,),
    ),
    **{
        name: (GET_SERVICE,)
        for name, path, _, method, *_ in PAGES
        if path.startswith("/n/{namespace}/services/{name}") and method == "GET"
    },
    **{
        name: (
            (
                "get" if "{name}" in path else "list",
                "serving.kserve.io",
                _PLURALS[name.startswith("cluster_")],
            ),
        )
        for name, path, _, method, *_ in PAGES
        if "{plural}" in path and method == "GET" and not name.startswith("all_")
    },
    **dict.fromkeys(
        ("runtime_choice", "runtime_choice_data", "runtime_choice_live"),
        (("list", "serving.kserve.io", "servingruntimes"),),
    ),
    **{
        name: (
            ("get" if "{rest:path}" in old else "list", "serving.kserve.io", old.split("/")[3].split(".")[0]),
        )
        for name, (old, _) in MOVED.items()
        if name.startswith("moved_kind_") and "_of_all" not in name
    },
    **dict.fromkeys(
        (
            *("moved_kind_llminferenceservices0", "moved_kind_llminferenceservices1"),
            *("moved_llm_list0", "moved_llm_list1", "moved_llm_list2"),
        ),
        (LIST_SERVICES,),
    ),
    "moved_details": (GET_SERVICE,),
    "moved_service": (GET_SERVICE,),
    "moved_sparklines": (LIST_SERVICES,),
    "moved_charts": (GET_SERVICE, GET_METRICS),
    "service_metrics_data": (GET_SERVICE, GET_METRICS),
    "service_metrics_export": (GET_SERVICE, GET_METRICS),
    "object_logs_lines": (("get", "serving.kserve.io", _PLURALS[False]), GET_LOG),
    "object_logs_download": (("get", "serving.kserve.io", _PLURALS[False]), GET_LOG),
    "service_logs_lines": (GET_SERVICE, GET_LOG),
    "service_logs_download": (GET_SERVICE, GET_LOG),
}
"""What a route of one namespace asks of its user. The others are open to everybody, and show what is theirs."""

OPEN = {
    "start",
    "namespaces",
    "all_service_list",
    "all_service_list_data",
    "all_service_list_live",
    "all_service_list_export",
    "all_service_list_sparklines",
    "create_service",
    "create_service_fields",
    "create_anywhere",
    "credentials",
    "model_storage",
    "model_storage_data",
    "model_storage_live",
    "moved_new",
    "moved_all_sparklines",
    *(name for name in MOVED if name.startswith(("moved_kind_", "moved_llm_")) and "_of_all" in name),
    "all_object_list",
    "all_object_list_data",
    "all_object_list_live",
    "all_object_list_export",
}


@dataclass
class Persona:
    """Somebody, with rules in the whole cluster and in the open namespace."""

    name: str
    everywhere: Rules = field(default_factory=list)
    here: Rules = field(default_factory=list)

    def may(self, question: Question, *, here: bool) -> bool:
        """As RBAC says it: any rule that covers verb, group and resource."""
        verb, group, resource = question
        rules = [*self.everywhere, *(self.here if here else [])]
        return any(
            _covers(rule["verbs"], verb)
            and _covers(rule["apiGroups"], group)
            and _covers(rule["resources"], resource)
            for rule in rules
        )


def _covers(given: list[str], wanted: str) -> bool:
    return wanted in given or "*" in given


PERSONAS = (
    Persona("admin@example.com", everywhere=ALL),
    Persona("editor@example.com", here=[*VIEW, *EDIT]),
    Persona("viewer@example.com", here=[*VIEW, *LOGS]),
    Persona("without-logs@example.com", here=VIEW),
    Persona("nobody@example.com"),
)


@asynccontextmanager
async def populated(cluster: Cluster) -> AsyncIterator[tuple[App, str]]:
    """The app in front of two namespaces with a service each, with the personas' roles; the other namespace's name."""
    other = f"closed-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}}
    await cluster.client.create(NAMESPACE, body)
    await cluster.client.create(INFERENCE_SERVICE, service("iris"), namespace=cluster.namespace)
    await cluster.client.create(INFERENCE_SERVICE, service("hush"), namespace=other)
    made: list[tuple[Kind, str]] = []
    for persona in PERSONAS:
        for scope, rules in (("all", persona.everywhere), ("here", persona.here)):
            if not rules:
                continue
            name = f"{persona.name.partition('@')[0]}-{scope}-{cluster.namespace}"
            role = {
                "apiVersion": f"{API}/v1",
                "kind": "ClusterRole",
                "metadata": {"name": name},
                "rules": rules,
            }
            await cluster.client.create(ROLE, role)
            made.append((ROLE, name))
            kind = CLUSTER_BINDING if scope == "all" else BINDING
            binding = {
                "apiVersion": f"{API}/v1",
                "kind": kind.kind,
                "metadata": {"name": name},
                "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": name},
                "subjects": [{"apiGroup": API, "kind": "User", "name": persona.name}],
            }
            space = cluster.namespace if kind is BINDING else None
            await cluster.client.create(kind, binding, namespace=space)
            if kind is CLUSTER_BINDING:
                made.append((kind, name))
    try:
        async with running_app(CONFIG, connection=cluster.connection) as app:
            yield app, other
    finally:
        for kind, name in made:
            await cluster.client.delete(kind, name=name)
        await cluster.client.delete(NAMESPACE, name=other)


def _paths(namespace: str, name: str) -> list[tuple[str, str]]:
    values = {
        "{namespace}": namespace,
        "{name}": name,
        "{rest:path}": f"{name}/yaml",
        "{form}": "json",
        "{chart}": "cpu",
        "{kind}": "deployments.apps",
        "{member}": f"{name}-predictor",
    }
    found = []
    for route, path, _, method, *_ in PAGES:
        if method != "GET":
            continue
        filled = path.replace("{plural}", _PLURALS[path.startswith("/cluster/")])
        for key, value in values.items():
            filled = filled.replace(key, value)
        found.append((route, f"{filled}?once=1" if filled.endswith(("/live", "/lines")) else filled))
    return found


async def test_every_route_answers_every_persona_as_rbac_says(cluster: Cluster) -> None:
    assert {entry.name for entry in PAGES if entry.method == "GET"} == set(NEEDS) | OPEN
    async with AsyncExitStack() as stack:
        app, other = await stack.enter_async_context(populated(cluster))
        people = {
            persona.name: await stack.enter_async_context(app.person(persona.name)) for persona in PERSONAS
        }

        async def is_there() -> bool:
            text = (await people["admin@example.com"].get("/services.json")).text
            return '"iris"' in text and '"hush"' in text

        async def is_deployed() -> bool:
            page = await people["admin@example.com"].get(
                f"/n/{cluster.namespace}/services/iris/resources/deployments.apps/iris-predictor"
            )
            return page.status == 200

        await until(is_there)
        await until(is_deployed)
        for persona in PERSONAS:
            for namespace, name, here in ((cluster.namespace, "iris", True), (other, "hush", False)):
                for route, path in _paths(namespace, name):
                    answer = await people[persona.name].get(path)
                    in_namespace = here and not path.startswith("/cluster/")
                    is_allowed = all(
                        persona.may(question, here=in_namespace) for question in NEEDS.get(route, ())
                    )
                    told = f"{persona.name} {path}: {answer.status}"
                    if is_allowed:
                        assert answer.status in {200, 404}, told
                        assert (
                            answer.status == 200
                            or route
                            in {
                                "service_logs_download",
                                "service_resource",
                                "service_metrics_data",
                                "service_metrics_export",
                                "moved_charts",
                            }
                            or route.startswith(
                                ("object_", "cluster_object_", "edit_object", "act_on_object", "moved_kind_")
                            )
                        ), told
                    else:
                        assert answer.status == 403, told
                    sees_other = persona.may(LIST_SERVICES, here=False)
                    if not sees_other and (here or route in OPEN):
                        led_to = urlsplit(answer.url).path
                        assert "hush" not in answer.text.replace(path, "").replace(led_to, ""), told


async def test_no_persona_learns_of_what_is_not_theirs(cluster: Cluster) -> None:
    async with AsyncExitStack() as stack:
        app, other = await stack.enter_async_context(populated(cluster))
        for persona in PERSONAS[1:]:
            person = await stack.enter_async_context(app.person(persona.name))
            for path in ("/services", "/services.json", "/services/-/export.csv", "/services/-/live?once=1"):
                text = (await person.get(path)).text
                assert other not in text, (persona.name, path)
                assert "hush" not in text, (persona.name, path)
            for path in (f"/n/{other}/services", f"/n/{other}/services/hush", f"/n/{other}/services/no-such"):
                assert (await person.get(path)).status == 403, (persona.name, path)


STOP = "serving.kserve.io/stop"
WRITES = {
    "services_act": "ask",
    "all_services_act": "ask",
    "services_act_submit": "stop",
    "all_services_act_submit": "stop",
    "create_service_submit": "create",
    "create_service_concerns": "look",
    "credentials_submit": "credentials",
    "delete_service_submit": "delete",
    "edit_service_submit": "edit",
    "edit_object_submit": "edit",
    "act_on_object_submit": "stop a graph",
}
"""What each route that writes is tried with."""
_VERBS = {
    "look": "create",
    "ask": "patch",
    "stop": "patch",
    "stop a graph": "patch",
    "edit": "patch",
    "create": "create",
    "delete": "delete",
    "credentials": "create",
}
NEW = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: %s}\nspec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: s3://b/m}}}\n"


async def test_every_write_does_what_rbac_lets_its_persona_and_nothing_else(cluster: Cluster) -> None:
    assert {entry.name for entry in PAGES if entry.method == "POST"} == WRITES.keys()
    async with AsyncExitStack() as stack:
        app, other = await stack.enter_async_context(populated(cluster))
        people = {
            persona.name: await stack.enter_async_context(app.person(persona.name)) for persona in PERSONAS
        }
        writes = [entry for entry in PAGES if entry.method == "POST" and WRITES[entry.name] != "delete"]
        for persona in PERSONAS:
            for namespace, name, here in ((cluster.namespace, "iris", True), (other, "hush", False)):
                for entry in writes:
                    verb = _VERBS[WRITES[entry.name]]
                    kinds = {"credentials": SECRET, "stop a graph": INFERENCE_GRAPH}
                    kind = kinds.get(WRITES[entry.name], INFERENCE_SERVICE)
                    may = persona.may((verb, kind.group, kind.plural), here=here)
                    done = await _try(
                        cluster,
                        people[persona.name],
                        path=entry.path,
                        what=WRITES[entry.name],
                        at=(namespace, name),
                    )
                    expected = may and WRITES[entry.name] not in {"ask", "look"}
                    assert done == expected, (persona.name, entry.name, namespace)
        # Deleting comes last: who may not first, so that the object is there for all of them.
        for persona in reversed(PERSONAS):
            for namespace, name, here in ((cluster.namespace, "iris", True), (other, "hush", False)):
                may = persona.may(("delete", INFERENCE_SERVICE.group, INFERENCE_SERVICE.plural), here=here)
                was_there = await _is_there(cluster, namespace, name)
                await people[persona.name].post(
                    f"/n/{namespace}/services/{name}/delete", {"confirm": name, "uid": ""}
                )
                is_asked = not await _is_there(cluster, namespace, name)
                assert is_asked == (may or not was_there), (persona.name, namespace)


async def _try(cluster: Cluster, person: Person, *, path: str, what: str, at: tuple[str, str]) -> bool:
    """Whether a write had its effect on a service; what it did is taken back."""
    namespace, name = at
    where = (
        path.replace("{plural}", INFERENCE_SERVICE.plural)
        .replace("{namespace}", namespace)
        .replace("{name}", name)
    )
    if what in {"create", "look"}:
        await person.post(where, {"yaml": NEW % "made-here"})
        is_made = await _is_there(cluster, namespace, "made-here")
        if is_made:
            await cluster.client.delete(INFERENCE_SERVICE, namespace=namespace, name="made-here")
        return is_made
    if what == "credentials":
        return await _try_credentials(cluster, person, namespace=namespace, path=where)
    if what == "edit":
        return await _try_edit(cluster, person, at=at, path=where)
    if what == "stop a graph":
        return await _try_graph(cluster, person, at=at, path=path)
    await person.post(where, {"action": "stop", "item": f"{namespace}/{name}/"})
    stored = await cluster.client.get(INFERENCE_SERVICE, namespace=namespace, name=name)
    is_stopped = STOP in (stored["metadata"].get("annotations") or {})
    if is_stopped:
        undo = {"metadata": {"annotations": {STOP: None}}}
        await cluster.client.patch(INFERENCE_SERVICE, undo, namespace=namespace, name=name)
    return is_stopped


async def _try_graph(cluster: Cluster, person: Person, *, at: tuple[str, str], path: str) -> bool:
    """Whether a graph was stopped."""
    namespace, name = at
    graph = {
        "apiVersion": INFERENCE_GRAPH.api_version,
        "kind": INFERENCE_GRAPH.kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": name}]}}},
    }
    await cluster.client.create(INFERENCE_GRAPH, graph, namespace=namespace)
    where = path.replace("{plural}", INFERENCE_GRAPH.plural).replace("{namespace}", namespace)
    await person.post(where.replace("{name}", name), {"action": "stop"})
    stored = await cluster.client.get(INFERENCE_GRAPH, namespace=namespace, name=name)
    await cluster.client.delete(INFERENCE_GRAPH, namespace=namespace, name=name)
    return STOP in (stored["metadata"].get("annotations") or {})


async def _try_credentials(cluster: Cluster, person: Person, *, namespace: str, path: str) -> bool:
    """Whether a Secret was made, and an account that has it; one without the other fails."""
    form = {"storage": "hf", "hf-token": "t", "secret": "token-here", "account": "models-here"}
    await person.post(path, form)
    made = []
    for kind, name in ((SECRET, "token-here"), (SERVICE_ACCOUNT, "models-here")):
        try:
            await cluster.client.delete(kind, namespace=namespace, name=name)
            made.append(name)
        except errors.NotFoundError:
            continue
    assert len(made) in {0, 2}
    return bool(made)


async def _try_edit(cluster: Cluster, person: Person, *, at: tuple[str, str], path: str) -> bool:
    """Whether an edit of the number of replicas was saved."""
    namespace, name = at
    stored = await cluster.client.get(INFERENCE_SERVICE, namespace=namespace, name=name)
    base = dump(editable(stored))
    before = stored["spec"]["predictor"].get("minReplicas")
    wanted = editable(stored)
    wanted["spec"]["predictor"]["minReplicas"] = (before or 0) + 1
    text = dump(wanted)
    form = {"uid": stored["metadata"]["uid"], "base": base, "yaml": text, "step": "save"}
    await person.post(path, {**form, "reviewed": sha256(text.encode()).hexdigest()})
    after = await cluster.client.get(INFERENCE_SERVICE, namespace=namespace, name=name)
    return bool(after["spec"]["predictor"].get("minReplicas") != before)


async def _is_there(cluster: Cluster, namespace: str, name: str) -> bool:
    """It is there, and nobody has asked for its deletion."""
    try:
        found = await cluster.client.get(INFERENCE_SERVICE, namespace=namespace, name=name)
    except errors.NotFoundError:
        return False
    return "deletionTimestamp" not in found["metadata"]
