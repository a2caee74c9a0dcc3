"""The app and the demo as processes of their own, and a kubectl for their cluster."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.contract.cluster import Proxy
from tests.waiting import LIMIT, wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demo_process(kubeconfig: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A demo in a process of its own, its services settled."""
    port = free_port()
    command = ["demo", "--port", str(port), "--kubeconfig", str(kubeconfig)]
    process = subprocess.Popen(
        [sys.executable, "-m", "modelsweb", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said, _, _ = select.select([process.stdout], [], [], LIMIT)
        assert said, "the demo says nothing"
        assert "http://" in process.stdout.readline()
        _settle(f"http://localhost:{port}")
        yield f"http://localhost:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=LIMIT)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def guarded_process(
    kubeconfig: str, *, is_ready: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """``modelsweb serve`` on a cluster, with a header that names the user; it answers, and is ready where wanted.

    ``settings`` go over the usual ones.
    """
    port = free_port()
    environment = {
        "KUBECONFIG": kubeconfig,
        "APP_PREFIX": "/",
        "APP_SECURE_COOKIES": "False",
        "MODELSWEB_WEB_PORT": str(port),
        "MODELSWEB_AUTH_CACHE_SECONDS": "0.5",
        "GRAFANA_PREFIX": "",
        **(settings or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "modelsweb", "serve"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    probe = "readiness" if is_ready else "liveness"
    try:
        wait_until(lambda: _answers(process, f"{address}/healthz/{probe}"))
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=LIMIT)


@contextmanager
def forwarded(app: str) -> Iterator[str]:
    """The address of a port that leads to the app byte by byte, as ``kubectl port-forward`` does: 5000 where it is free."""
    proxy, loop = Proxy("127.0.0.1", int(app.rpartition(":")[2])), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.start_server(proxy.serve, "127.0.0.1", _port_of_the_recipe())
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(timeout=LIMIT)

    async def close() -> None:
        server.close()
        proxy.cut()
        await proxy.all_ended()

    try:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(timeout=LIMIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=LIMIT)
        loop.close()


def _port_of_the_recipe() -> int:
    with socket.socket() as probe:
        return free_port() if probe.connect_ex(("127.0.0.1", 5000)) == 0 else 5000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kubectl(*arguments: str, kubeconfig: Path | None = None) -> str:
    """What a real kubectl prints for the demo, or for another cluster."""
    program = Path(sys.executable).parent / "kubectl"
    command = [str(program), "--kubeconfig", str(kubeconfig or os.environ["DEMO_KUBECONFIG"]), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout


def _answers(process: "subprocess.Popen[bytes]", probe: str) -> bool:
    assert process.poll() is None, "the app has ended"
    with suppress(OSError), urllib.request.urlopen(probe, timeout=LIMIT):
        return True
    return False


def _settle(address: str) -> None:
    def has_settled() -> bool:
        with urllib.request.urlopen(f"{address}/n/team-risk/services.json", timeout=LIMIT) as answer:
            return bool(answer.read().count(b'"ready"') >= 3)

    wait_until(has_settled)
