"""One face for the demo cluster and the real control plane, with what a contract test needs beyond the API."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.demo import cluster as demo_cluster
from modelsweb.errors import Attributes
from modelsweb.kinds import NAMESPACE, POD
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection, Credentials, from_kubeconfig
from modelsweb.objects.kind import Kind
from tests.controlplane.plane import KUBECONFIG, RUN, Plane, wait_until_ready
from tests.waiting import until

_ROLE = Kind(group="rbac.authorization.k8s.io", version="v1", kind="Role", plural="roles")
_BINDING = Kind(group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings")


class Impersonating:
    """Credentials that ask to be taken for somebody else."""

    def __init__(self, inner: Credentials, user: str) -> None:
        self._inner = inner
        self._user = user

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """Our own headers, and the name."""
        return {**await self._inner.headers(fresh=fresh), "Impersonate-User": self._user}


@dataclass
class Cluster:
    """What the contract suite runs on: a connection, a client, and an empty namespace."""

    connection: Connection
    client: KubeClient
    namespace: str

    async def write_log(self, pod: dict[str, Any], container: str, text: str) -> None:
        """One more line in a container's log."""
        raise NotImplementedError

    async def restart_container(self, pod: dict[str, Any], container: str) -> None:
        """What it has written so far is the log of the run before."""
        raise NotImplementedError

    async def lose_history(self) -> None:
        """After this, no watch from an earlier version can be served."""
        raise NotImplementedError


@dataclass
class DemoContract(Cluster):
    """The demo cluster."""

    demo: demo_cluster.DemoCluster

    async def write_log(self, pod: dict[str, Any], container: str, text: str) -> None:
        """Straight into the kubelet's book."""
        self.demo.server.logs.write(pod["metadata"]["uid"], container, text=text)

    async def restart_container(self, pod: dict[str, Any], container: str) -> None:
        """A new run in the kubelet's book."""
        self.demo.server.logs.start(pod["metadata"]["uid"], container)

    async def lose_history(self) -> None:
        """All watches are cut, and the rings are emptied."""
        self.demo.server.disconnect()
        self.demo.server.storage.compact()


class RealContract(Cluster):
    """The control plane of ``make cluster``."""

    async def write_log(self, pod: dict[str, Any], container: str, text: str) -> None:
        """Into the file that kwok serves for every container, in the form of a container runtime."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        await asyncio.to_thread(_append, f"{stamp} stdout F {text}\n".encode())

    async def restart_container(self, pod: dict[str, Any], container: str) -> None:
        """kwok serves one file as the log of every container's run before: what was written so far goes there."""
        await asyncio.to_thread(
            shutil.copyfile, RUN / "logs" / "container.log", RUN / "logs" / "previous.log"
        )

    async def lose_history(self) -> None:
        """The API server is killed, and its watch cache with it; the new one starts at the present version."""
        await asyncio.to_thread(_restart_api_server)


def _append(line: bytes) -> None:
    with (RUN / "logs" / "container.log").open("ab") as file:
        file.write(line)


def _restart_api_server() -> None:
    plane = Plane.running()
    plane.kill("kube-apiserver")
    plane.spawn("kube-apiserver")
    wait_until_ready(plane)


@asynccontextmanager
async def contract(which: str) -> AsyncIterator[Cluster]:
    """The cluster by name, with a namespace of its own for the test."""
    if which == "demo":
        async with (
            demo_cluster.running(SystemClock(), with_services=False, pace=0.02) as demo,
            KubeClient(demo.connection) as client,
        ):
            name = await _new_namespace(client)
            yield DemoContract(demo.connection, client, name, demo)
    else:
        connection = from_kubeconfig(str(KUBECONFIG), None)
        async with KubeClient(connection) as client:
            name = await _new_namespace(client)
            yield RealContract(connection, client, name)
            await client.delete(NAMESPACE, name=name)


async def _new_namespace(client: KubeClient) -> str:
    name = f"test-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    await client.create(NAMESPACE, body)

    async def has_account() -> bool:
        # A real cluster refuses pods until the namespace's service account is there; the demo has none.
        accounts = replace(POD, plural="serviceaccounts", kind="ServiceAccount")
        try:
            await client.get(accounts, namespace=name, name="default")
        except errors.NotFoundError:
            return not await client.resources("coordination.k8s.io", "v1")
        return True

    await until(has_account)
    return name


def impersonating(cluster: Cluster, user: str) -> KubeClient:
    """A client that acts as another user; close it."""
    connection = cluster.connection
    return KubeClient(replace(connection, credentials=Impersonating(connection.credentials, user)))


async def running_pod(cluster: Cluster, body: dict[str, Any]) -> dict[str, Any]:
    """A pod that was created and got ready."""
    await cluster.client.create(POD, body, namespace=cluster.namespace)
    name = body["metadata"]["name"]

    async def ready() -> dict[str, Any] | None:
        pod = await cluster.client.get(POD, namespace=cluster.namespace, name=name)
        return pod if (pod.get("status") or {}).get("phase") == "Running" else None

    found = await until(ready)
    assert found
    return dict(found)


@asynccontextmanager
async def proxied(connection: Connection) -> AsyncIterator[tuple[Connection, "Proxy"]]:
    """The connection through a TCP proxy that can be cut, as a network can."""
    target = urlsplit(connection.server)
    proxy = Proxy(target.hostname or "", target.port or 0)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield replace(connection, server=f"{target.scheme}://127.0.0.1:{port}{target.path}"), proxy
    finally:
        proxy.cut()
        server.close()
        await proxy.all_ended()


class Proxy:
    """Passes bytes on, until it is cut; new connections are refused while it is."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.accepted = 0
        self.received = 0
        """Bytes that came from the server so far, as they are on the wire."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self._is_cut:
            writer.close()
            return
        self.accepted += 1
        try:
            there_reader, there_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, there_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pipe(reader, there_writer))
                group.create_task(_pipe(there_reader, writer, self._count))
        finally:
            self._writers -= {writer, there_writer}

    def cut(self) -> None:
        """Breaks all connections."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def _count(self, number: int) -> None:
        self.received += number

    async def all_ended(self) -> None:
        """Returns when the last connection has noticed that it was cut."""
        await until(lambda: not self._writers)

    def mend(self) -> None:
        """Lets connections through again."""
        self._is_cut = False


async def _pipe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[int], None] | None = None
) -> None:
    try:
        while data := await reader.read(65536):
            if count is not None:
                count(len(data))
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def let_read(cluster: Cluster, user: str, *kinds: Kind) -> None:
    """Lets somebody get, list and watch some kinds in the cluster's namespace, and nothing else."""
    api, name = "rbac.authorization.k8s.io", user.partition("@")[0]
    rules = [
        {"apiGroups": [kind.group], "resources": [kind.plural], "verbs": ["get", "list", "watch"]}
        for kind in kinds
    ]
    role = {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": {"name": name}, "rules": rules}
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": api, "kind": "Role", "name": name},
        "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
    }
    await cluster.client.create(_ROLE, role, namespace=cluster.namespace)
    await cluster.client.create(_BINDING, binding, namespace=cluster.namespace)

    async def is_in_force() -> bool:  # the API server's authorizer hears of it by a watch of its own
        asked = Attributes(
            verb="list", group=kinds[-1].group, resource=kinds[-1].plural, namespace=cluster.namespace
        )
        return await cluster.client.review(user, (), attributes=asked)

    await until(is_in_force)
