"""A real control plane on loopback: etcd, kube-apiserver, controller-manager, scheduler and kwok, built from source.

``python -m tests.controlplane.plane start|stop`` (or ``make cluster``, ``make cluster-stop``). The programs are built
once into ``.cluster/bin`` and kept; everything of a run is in ``.cluster/run`` and thrown away by the next start. Our
simulator plays KServe's and Knative's controllers. A kubeconfig is written to ``.cluster/run/kubeconfig``.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from modelsweb.demo.cluster import definitions, documents
from modelsweb.errors import ModelswebError
from modelsweb.kube.client import KubeClient, PatchType
from modelsweb.kube.connection import from_kubeconfig
from modelsweb.objects.kind import Kind

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = Path(os.environ.get("CLUSTER_FOLDER", ROOT / ".cluster"))
RUN = FOLDER / "run"
KUBECONFIG = RUN / "kubeconfig"
SHARED_CRDS = ROOT.parent / "shared" / "data" / "crds"
SHARED_RUNTIMES = ROOT.parent / "shared" / "data" / "runtimes.yaml"

VERSION = "v1.37.2"
PROGRAMS = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kwok": "sigs.k8s.io/kwok/cmd/kwok",
    "certificates": "./certificates",
}
NODES = {"worker-1": "4", "worker-2": "0"}

DEFINITION = Kind(
    group="apiextensions.k8s.io",
    version="v1",
    kind="CustomResourceDefinition",
    plural="customresourcedefinitions",
    namespaced=False,
)
_NODE = Kind(group="", version="v1", kind="Node", plural="nodes", namespaced=False)
_RUNTIME = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ClusterServingRuntime",
    plural="clusterservingruntimes",
    namespaced=False,
)


_STARTED: list[subprocess.Popen[bytes]] = []
"""Processes outlive the one that started them, on purpose; held here so that nobody warns about it."""


class PlaneError(Exception):
    """The control plane could not be built or started."""


# -- build ----------------------------------------------------------------------------------------------------------


def build() -> Path:
    """The folder with the programs; built where missing or where the module files changed."""
    folder = _folder(HERE / "go.sum", HERE / "certificates" / "main.go")
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={VERSION} " + " ".join(
        f"-X k8s.io/component-base/version.{name}={value}"
        for name, value in (("gitMajor", "1"), ("gitMinor", "37"))
    )
    for name, package in PROGRAMS.items():
        _compile(folder / name, package, HERE, flags)
    return folder


def helm() -> Path:
    """The program helm, of a module of its own, because it wants other versions than Kubernetes does."""
    target = _folder(HERE / "helm" / "go.sum") / "helm"
    _compile(target, "helm.sh/helm/v3/cmd/helm", HERE / "helm", "-s -w")
    return target


def _folder(*sources: Path) -> Path:
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    folder = FOLDER / "bin" / digest.hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _compile(target: Path, package: str, module: Path, flags: str) -> None:
    if target.exists():
        return
    if shutil.which("go") is None:
        raise PlaneError("The control plane is built from Go modules: install Go first.")
    print(f"building {target.name} …", flush=True)
    subprocess.run(
        ["go", "build", "-o", str(target), "-ldflags", flags, package],
        cwd=module,
        env={**os.environ, "CGO_ENABLED": "0"},
        check=True,
    )


# -- run ------------------------------------------------------------------------------------------------------------


class Plane:
    """The processes of one run; what is needed to start one again is kept in ``plane.json``."""

    def __init__(self, commands: dict[str, list[str]], pids: dict[str, int]) -> None:
        self.commands = commands
        self.pids = pids

    @classmethod
    def running(cls) -> "Plane":
        """The plane that ``start`` left behind. Raises PlaneError where there is none."""
        state = RUN / "plane.json"
        if not state.exists():
            raise PlaneError("No control plane is running: `make cluster` starts one.")
        return cls(**json.loads(state.read_text()))

    def spawn(self, name: str) -> None:
        """Starts a program in the background, its output in a file."""
        with (RUN / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.commands[name],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=ROOT,
            )
        _STARTED.append(process)
        self.pids[name] = process.pid
        (RUN / "plane.json").write_text(json.dumps({"commands": self.commands, "pids": self.pids}))

    def kill(self, name: str, *, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends a program that we started, and waits until it is gone."""
        pid = self.pids.pop(name, None)
        if pid is None or not _is_ours(pid, self.commands[name]):
            return
        os.kill(pid, how)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)  # of a child of ours, it returns after the last thread
        deadline = time.monotonic() + 30
        while _holds_anything(pid):
            if time.monotonic() > deadline:
                raise PlaneError(f"{name} (process {pid}) was killed and still runs after 30 s.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends everything."""
        for name in reversed(list(self.pids)):
            self.kill(name)
        (RUN / "plane.json").unlink(missing_ok=True)


def _is_ours(pid: int, command: list[str]) -> bool:
    try:
        running = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return running[: len(command)] == [part.encode() for part in command]


def _holds_anything(pid: int) -> bool:
    """Whether the process still has threads that run: a zombie leader may have some, and they hold its ports."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return False
    return any(_runs(thread) for thread in threads)


def _runs(thread: Path) -> bool:
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:  # this one went between the listing and the look; the others may still be there
        return False


def start(*, with_controllers: bool = True) -> Plane:
    """Builds, starts and fills a control plane; an earlier one is stopped.

    Without controllers it is an API server alone, in which objects stay as they were written.
    """
    programs = build()
    with contextlib.suppress(PlaneError):
        Plane.running().stop()
    shutil.rmtree(RUN, ignore_errors=True)
    certificates = RUN / "certificates"
    certificates.mkdir(parents=True)
    subprocess.run([str(programs / "certificates"), str(certificates)], check=True)
    ports = dict(
        zip(("etcd", "peer", "api", "controllers", "scheduler", "kubelet"), _free_ports(6), strict=True)
    )
    _write_kubeconfig(certificates, ports["api"])
    _write_kwok(ports["kubelet"])
    plane = Plane(_commands(programs, certificates, ports), {})
    try:
        for name in ("etcd", "kube-apiserver"):
            plane.spawn(name)
        wait_until_ready(plane)
        for name in ("kube-controller-manager", "kube-scheduler", "kwok") if with_controllers else ():
            plane.spawn(name)
        asyncio.run(_fill())
        if with_controllers:
            plane.spawn("simulator")
    except BaseException:
        plane.stop()
        raise
    return plane


def _commands(programs: Path, certificates: Path, ports: dict[str, int]) -> dict[str, list[str]]:
    loopback, kubeconfig = "127.0.0.1", str(KUBECONFIG)
    ca = certificates / "ca.crt"
    flags: dict[str, dict[str, Any]] = {
        "etcd": {
            "data-dir": RUN / "etcd",
            "listen-client-urls": f"http://{loopback}:{ports['etcd']}",
            "advertise-client-urls": f"http://{loopback}:{ports['etcd']}",
            "listen-peer-urls": f"http://{loopback}:{ports['peer']}",
            "initial-advertise-peer-urls": f"http://{loopback}:{ports['peer']}",
            "initial-cluster": f"default=http://{loopback}:{ports['peer']}",
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        },
        "kube-apiserver": {
            "etcd-servers": f"http://{loopback}:{ports['etcd']}",
            "bind-address": loopback,
            "advertise-address": loopback,
            "secure-port": ports["api"],
            "authorization-mode": "RBAC",
            "client-ca-file": ca,
            "tls-cert-file": certificates / "apiserver.crt",
            "tls-private-key-file": certificates / "apiserver.key",
            "service-account-key-file": certificates / "accounts.pub",
            "service-account-signing-key-file": certificates / "accounts.key",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-cluster-ip-range": "10.0.0.0/16",
            "allow-privileged": "true",
            "kubelet-client-certificate": certificates / "admin.crt",
            "kubelet-client-key": certificates / "admin.key",
            "kubelet-certificate-authority": ca,
            "endpoint-reconciler-type": "none",
        },
        "kube-controller-manager": {
            "kubeconfig": kubeconfig,
            "bind-address": loopback,
            "secure-port": ports["controllers"],
            "use-service-account-credentials": "true",
            "service-account-private-key-file": certificates / "accounts.key",
            "root-ca-file": ca,
            "leader-elect": "false",
            "controllers": "*,-node-ipam-controller",
        },
        "kube-scheduler": {
            "kubeconfig": kubeconfig,
            "bind-address": loopback,
            "secure-port": ports["scheduler"],
            "leader-elect": "false",
        },
        "kwok": {
            "kubeconfig": kubeconfig,
            "manage-all-nodes": "true",
            "node-ip": loopback,
            "node-port": ports["kubelet"],
            "server-address": f"{loopback}:{ports['kubelet']}",
            "tls-cert-file": certificates / "kubelet.crt",
            "tls-private-key-file": certificates / "kubelet.key",
            "config": RUN / "kwok.yaml",
        },
    }
    commands = {
        name: [str(programs / name), *(f"--{flag}={value}" for flag, value in given.items())]
        for name, given in flags.items()
    }
    return commands | {"simulator": [sys.executable, "-m", "tests.controlplane.simulator", kubeconfig]}


def _free_ports(number: int) -> list[int]:
    """Ports below those that the kernel gives to clients: a client that tries a dead server's port again and again
    would else be connected to itself one day, and hold the port."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        for port in random.sample(range(20_000, 32_000), 500):
            sock = stack.enter_context(socket.socket())
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
            if len(found) == number:
                return found
    raise PlaneError("No free ports between 20000 and 32000.")


def _write_kubeconfig(certificates: Path, port: int) -> None:
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(certificates / "ca.crt")}
    user = {
        "client-certificate": str(certificates / "admin.crt"),
        "client-key": str(certificates / "admin.key"),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
    }
    KUBECONFIG.write_text(yaml.safe_dump(config))


def _write_kwok(port: int) -> None:
    logs = RUN / "logs"
    logs.mkdir()
    for name in ("container.log", "previous.log"):
        (logs / name).touch()
    module = ["go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]
    found = subprocess.run(module, cwd=HERE, check=True, capture_output=True, text=True).stdout.strip()
    stages = Path(found) / "kustomize" / "stage"
    texts = [(HERE / "kwok.yaml").read_text().replace("LOGS", str(logs))]
    for folder in ("node/fast", "node/heartbeat-with-lease", "pod/general"):
        paths = sorted(path for path in (stages / folder).glob("*.yaml") if path.name != "kustomization.yaml")
        texts += [path.read_text() for path in paths]
    (RUN / "kwok.yaml").write_text("\n---\n".join(texts))


def wait_until_ready(plane: Plane, *, seconds: float = 90) -> None:
    """Returns once the API server is ready; one that ended at once is started again, because the kernel may hold
    the port of its forerunner for a moment. Raises PlaneError with the end of its log where it is not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if asyncio.run(_is_ready()):
            return
        if not _holds_anything(plane.pids["kube-apiserver"]):
            plane.spawn("kube-apiserver")
        time.sleep(0.25)
    tail = (RUN / "kube-apiserver.log").read_text()[-2000:]
    raise PlaneError(f"The API server did not get ready:\n{tail}")


async def _is_ready() -> bool:
    async with KubeClient(from_kubeconfig(str(KUBECONFIG), None)) as client:
        try:
            return await client.request("GET", "/readyz", seconds=5) == b"ok"
        except ModelswebError:
            return False


async def _fill() -> None:
    async with KubeClient(from_kubeconfig(str(KUBECONFIG), None)) as client:
        for definition in _definitions():
            await _apply(client, DEFINITION, definition)
        for name, gpus in NODES.items():
            await _apply(client, _NODE, _node(name, gpus))
            await client.patch(_NODE, _node_status(gpus), name=name, subresource="status")
        for runtime in _runtimes():
            await _apply_when_served(client, runtime)


def _definitions() -> Iterator[dict[str, Any]]:
    """The full CRDs where they are at hand, else our slim ones. Conversion webhooks do not run here."""
    if SHARED_CRDS.is_dir():
        for path in sorted(SHARED_CRDS.glob("*.yaml")):
            for document in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
                if document and document.get("kind") == "CustomResourceDefinition":
                    document["spec"].pop("conversion", None)
                    document.pop("status", None)
                    yield document
    else:
        yield from definitions()


def _runtimes() -> Iterator[dict[str, Any]]:
    if SHARED_RUNTIMES.exists():
        yield from filter(None, yaml.load_all(SHARED_RUNTIMES.read_text(), Loader=yaml.CSafeLoader))
    else:
        yield from documents("runtimes.yaml")


async def _apply(client: KubeClient, kind: Kind, obj: dict[str, Any]) -> None:
    name = obj["metadata"]["name"]
    await client.patch(
        kind, obj, name=name, patch_type=PatchType.APPLY, field_manager="modelsweb-tests", force=True
    )


async def _apply_when_served(client: KubeClient, runtime: dict[str, Any]) -> None:
    for _ in range(120):
        try:
            return await _apply(client, _RUNTIME, runtime)
        except ModelswebError as error:
            last = error
            await asyncio.sleep(0.5)
    raise PlaneError(f"The CRDs are not served: {last.message}")


def _node(name: str, gpus: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "gpus": gpus}},
    }


def _node_status(gpus: str) -> dict[str, Any]:
    resources = {"cpu": "32", "memory": "256Gi", "pods": "110", "nvidia.com/gpu": gpus}
    return {"status": {"capacity": resources, "allocatable": resources}}


def main() -> int:
    """``start`` or ``stop``."""
    if sys.argv[1:] == ["start"]:
        start()
        print(f"control plane is up: kubectl --kubeconfig {KUBECONFIG} get namespaces")
    elif sys.argv[1:] == ["stop"]:
        try:
            Plane.running().stop()
        except PlaneError as error:
            print(error)
    elif sys.argv[1:] == ["build"]:
        build()
    else:
        print("usage: python -m tests.controlplane.plane build|start|stop", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
