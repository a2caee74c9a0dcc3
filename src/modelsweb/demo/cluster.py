"""Puts the demo cluster together: the API server on a loopback port, what is in it at the start, and who works on it.

The server runs in the caller's event loop, as a second uvicorn beside the app's. It is reached over real HTTP only,
by the app, by kubectl and by the simulators alike.
"""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
import yaml

from modelsweb.clock import Clock
from modelsweb.demo.apiserver.app import ACCESS_PATH, ApiServer, admin
from modelsweb.demo.apiserver.operations import Target, WriteOptions
from modelsweb.demo.apiserver.rbac import Identity
from modelsweb.demo.prometheus import Prometheus
from modelsweb.demo.simulator import (
    caches,
    graphs,
    knative,
    kserve,
    kubelet,
    llm,
    machinery,
    nodes,
    trained_models,
    workloads,
)
from modelsweb.demo.simulator.admission import ADMISSION
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection, StaticToken

log = logging.getLogger(__name__)

NAMESPACES = ("team-risk", "team-language", "team-vision")
_OPTIONS = WriteOptions(manager="demo", validation="Ignore")
_SETTLE_SCALE = 0.05
_SETTLE_SECONDS = 6.0
PROMETHEUS_PATH = "/prometheus"
_KEEP_ALIVE_SECONDS = 75
"""Longer than our client keeps a connection: else one that is closed just now is used for a write, which then fails."""


@dataclass(slots=True, kw_only=True)
class DemoCluster:
    """A running demo cluster."""

    server: ApiServer
    url: str
    token: str
    pace: machinery.Pace

    @property
    def connection(self) -> Connection:
        """How to reach it, as its administrator."""
        return Connection(server=self.url, credentials=StaticToken(self.token))

    def kubeconfig(self) -> str:
        """A kubeconfig with which kubectl can reach it."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "modelsweb-demo",
            "clusters": [
                {"name": "modelsweb-demo", "cluster": {"server": f"{self.url}{ACCESS_PATH}{self.token}"}}
            ],
            "users": [{"name": "demo-admin", "user": {}}],
            "contexts": [
                {
                    "name": "modelsweb-demo",
                    "context": {
                        "cluster": "modelsweb-demo",
                        "user": "demo-admin",
                        "namespace": NAMESPACES[0],
                    },
                }
            ],
        }
        return yaml.safe_dump(config, sort_keys=False)

    @property
    def prometheus_url(self) -> str:
        """The address of the simulated Prometheus."""
        return f"{self.url}{PROMETHEUS_PATH}"

    def write_kubeconfig(self, path: Path) -> None:
        """Writes the kubeconfig, readable by its owner only."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(self.kubeconfig())


@asynccontextmanager
async def running(
    clock: Clock,
    *,
    port: int = 0,
    with_services: bool = True,
    with_simulator: bool = True,
    pace: float = 1.0,
    tokens: dict[str, Identity] | None = None,
) -> AsyncIterator[DemoCluster]:
    """A demo cluster that lives as long as the context. ``port`` 0 takes a free one.

    ``pace`` is how long a simulated second takes; what is there from the start is brought up at a faster pace.
    """
    token = secrets.token_urlsafe(24)
    server = ApiServer(clock, tokens=admin(token) | (tokens or {}), admission=ADMISSION)
    _fill(server, with_services=with_services)
    with _listening(port) as sock:
        config = uvicorn.Config(
            _with_prometheus(server, clock),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        http = _Server(config)
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        cluster = DemoCluster(
            server=server,
            url=url,
            token=token,
            pace=machinery.Pace(_SETTLE_SCALE * pace if with_services else pace),
        )
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(http.serve(sockets=[sock]))
            simulating = group.create_task(_simulate(cluster, clock)) if with_simulator else None
            settling = group.create_task(_settle(cluster, pace))
            try:
                await http.ready.wait()
                yield cluster
            finally:
                settling.cancel()
                if simulating is not None:
                    simulating.cancel()
                server.disconnect()
                http.should_exit = True
                await asyncio.wait({serving}, timeout=2)


def _with_prometheus(server: ApiServer, clock: Clock) -> Any:
    """The API server, and below a path of its own the simulated Prometheus."""
    prometheus = Prometheus(server, clock)

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = str(scope.get("path", ""))
        if path.startswith(f"{PROMETHEUS_PATH}/"):
            scope = {**scope, "path": path.removeprefix(PROMETHEUS_PATH), "raw_path": None}
            await prometheus.app(scope, receive, send)
        else:
            await server(scope, receive, send)

    return app


class _Server(uvicorn.Server):
    """A uvicorn that says when it listens, and leaves the process's signals alone: the app's own server has them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens the port."""
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """No signals."""
        yield


@contextlib.contextmanager
def _listening(port: int) -> Any:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        yield sock


async def _settle(cluster: DemoCluster, pace: float) -> None:
    """What was there from the start should be as it would be after a while, so its first seconds go by faster."""
    await asyncio.sleep(_SETTLE_SECONDS * min(pace, 1.0))
    cluster.pace.scale = pace


async def _simulate(cluster: DemoCluster, clock: Clock) -> None:
    async with KubeClient(cluster.connection) as client:
        world = machinery.Cluster(client, clock, pace=cluster.pace)
        controllers: list[machinery.Controller] = [
            kserve.KserveController(world),
            kubelet.Kubelet(world, cluster.server.logs),
            nodes.Scheduler(world),
            *(make(world) for make in knative.CONTROLLERS),
            *(make(world) for make in workloads.CONTROLLERS),
            *(make(world) for make in llm.CONTROLLERS),
            *(make(world) for make in graphs.CONTROLLERS),
            *(make(world) for make in trained_models.CONTROLLERS),
            *(make(world) for make in caches.CONTROLLERS),
        ]
        await machinery.run(world, controllers)


# -- what is there at the start -------------------------------------------------------------------------------------


def documents(*path: str) -> Iterable[dict[str, Any]]:
    """The YAML documents of a file that comes with the demo cluster."""
    text = resources.files("modelsweb.demo").joinpath(*path).read_text()
    yield from (document for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document)


def definitions() -> Iterable[dict[str, Any]]:
    """Our own CustomResourceDefinitions for the kinds of KServe, Knative and Istio."""
    for entry in sorted(
        resources.files("modelsweb.demo").joinpath("crds").iterdir(), key=lambda entry: entry.name
    ):
        yield from documents("crds", entry.name)


def _fill(server: ApiServer, *, with_services: bool) -> None:
    for definition in definitions():
        _create(server, definition)
    for name in ("default", *NAMESPACES):
        _create(server, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        _create(
            server,
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": name},
            },
        )
    for role in _roles():
        _create(server, role)
    for name, gpus in (("worker-1", "4"), ("worker-2", "0")):
        _create(server, _node(name, gpus))
    for runtime in documents("runtimes.yaml"):
        _create(server, runtime)
    if with_services:
        _create(server, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kserve"}})
        for shared in (*documents("storage.yaml"), *documents("presets.yaml")):
            _create(server, shared)
        _create(server, _claim("models"), namespace=NAMESPACES[0])
        for namespace in NAMESPACES:
            for service in documents("scenarios", f"{namespace}.yaml"):
                _create(server, service, namespace=namespace)


def _create(server: ApiServer, obj: dict[str, Any], *, namespace: str | None = None) -> None:
    group, _, version = obj["apiVersion"].rpartition("/")
    resource = next(
        r for r in server.registry if (r.group, r.version, r.kind) == (group, version, obj["kind"])
    )
    status = obj.get("status")
    target = Target(resource=resource, namespace=namespace or obj["metadata"].get("namespace"))
    created = server.operations.create(
        target, msgspec.json.decode(msgspec.json.encode(obj)), options=_OPTIONS
    )
    if status:
        named = Target(
            resource=resource, namespace=target.namespace, name=obj["metadata"]["name"], subresource="status"
        )
        server.operations.replace(named, created | {"status": status}, options=_OPTIONS)


def _node(name: str, gpus: str) -> dict[str, Any]:
    capacity = {"cpu": "32", "memory": "256Gi", "pods": "110", "nvidia.com/gpu": gpus}
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name}
            | ({"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"} if gpus != "0" else {}),
        },
        "spec": {},
        "status": {
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": [condition],
            "nodeInfo": {"kubeletVersion": "v1.37.2-modelsweb-demo"},
        },
    }


def _claim(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "50Gi"}}},
        "status": {"phase": "Bound", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "50Gi"}},
    }


def _roles() -> Iterable[dict[str, Any]]:
    api, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    reads = ["get", "list", "watch"]
    view = [
        {"apiGroups": ["serving.kserve.io"], "resources": ["*"], "verbs": reads},
        {"apiGroups": [""], "resources": ["pods", "services", "events"], "verbs": reads},
        {
            "apiGroups": [""],
            "resources": ["serviceaccounts", "persistentvolumeclaims", "resourcequotas"],
            "verbs": reads,
        },
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets"], "verbs": reads},
        {"apiGroups": ["serving.knative.dev", "autoscaling"], "resources": ["*"], "verbs": reads},
        {"apiGroups": ["metrics.k8s.io"], "resources": ["pods"], "verbs": reads},
        {
            "apiGroups": ["networking.k8s.io", "networking.istio.io", "gateway.networking.k8s.io"],
            "resources": ["*"],
            "verbs": reads,
        },
    ]
    edit = [*view, {"apiGroups": ["serving.kserve.io"], "resources": ["*"], "verbs": ["*"]}]
    edit.append({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]})
    edit.append({"apiGroups": [""], "resources": ["serviceaccounts", "secrets"], "verbs": ["*"]})
    for name, rules in (("kserve-view", view), ("kserve-edit", edit)):
        yield {"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}
    namespaces = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": reads}]
    yield {
        "apiVersion": api,
        "kind": "ClusterRole",
        "metadata": {"name": "namespace-reader"},
        "rules": namespaces,
    }
    yield {
        "apiVersion": api,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "namespace-readers"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "namespace-reader"},
        "subjects": [
            {"apiGroup": group, "kind": "User", "name": name}
            for name in ("alice@example.com", "bob@example.com")
        ],
    }
    for user, role in (("alice@example.com", "kserve-edit"), ("bob@example.com", "kserve-view")):
        yield {
            "apiVersion": api,
            "kind": "RoleBinding",
            "metadata": {"name": role, "namespace": "team-risk"},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
        }
