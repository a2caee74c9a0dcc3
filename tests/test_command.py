"""The command line, as a process: start, kubectl against the demo, and a quick end with open streams."""

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp

from tests.waiting import LIMIT, until

ROOT = Path(__file__).resolve().parents[1]
KUBECTL = str(Path(sys.executable).parent / "kubectl")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _kubectl(kubeconfig: Path, *arguments: str, stdin: str = "") -> str:
    process = await asyncio.create_subprocess_exec(
        KUBECTL,
        "--kubeconfig",
        str(kubeconfig),
        "--cache-dir",
        str(kubeconfig.parent / "cache"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    assert process.returncode == 0, out.decode()
    return out.decode()


def _bare_environment() -> dict[str, str]:
    """Without our settings, and without the one of Python's that would hide a line that waits in a buffer."""
    hides = ("MODELSWEB_", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if not name.startswith(hides)}


SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: by-kubectl, namespace: team-vision, annotations: {serving.kserve.io/deploymentMode: Standard}}
spec: {predictor: {minReplicas: %d, model: {modelFormat: {name: sklearn}, storageUri: "s3://a/b"}}}
"""


async def test_the_demo_starts_serves_kubectl_and_ends(tmp_path: Path) -> None:
    kubeconfig, port = tmp_path / "kubeconfig", _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modelsweb", "demo", "--port", str(port), "--kubeconfig", str(kubeconfig)),
        cwd=ROOT,
        env=_bare_environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), LIMIT)).decode()
    assert re.match(rf"modelsweb demo: http://localhost:{port}/", line)
    try:
        await _use_kubectl(kubeconfig)
        await _end_with_an_open_stream(process, port)
    finally:
        if process.returncode is None:
            process.kill()


async def _use_kubectl(kubeconfig: Path) -> None:
    listed = await _kubectl(kubeconfig, "get", "inferenceservices", "-A")
    assert len(listed.strip().splitlines()) >= 13
    assert "created" in await _kubectl(kubeconfig, "apply", "-f", "-", stdin=SERVICE % 1)
    assert "configured" in await _kubectl(kubeconfig, "apply", "-f", "-", stdin=SERVICE % 2)
    described = await _kubectl(kubeconfig, "-n", "team-vision", "describe", "isvc", "by-kubectl")
    assert "Min Replicas:  2" in described

    async def running() -> bool:
        pods = await _kubectl(kubeconfig, "-n", "team-vision", "get", "pods", "-l", "component=predictor")
        return bool(re.search(r"by-kubectl-predictor-\S+ +1/1 +Running", pods))

    await until(running)
    selector = "serving.kserve.io/inferenceservice=by-kubectl"
    log = await _kubectl(
        kubeconfig, "-n", "team-vision", "logs", "-l", selector, "-c", "kserve-container", "--tail", "50"
    )
    assert "Server is listening" in log
    deleted = await _kubectl(
        kubeconfig,
        "-n",
        "team-vision",
        "delete",
        "isvc",
        "by-kubectl",
        "--cascade=foreground",
        f"--timeout={LIMIT:g}s",
    )
    assert "deleted" in deleted


async def _end_with_an_open_stream(process: asyncio.subprocess.Process, port: int) -> None:
    live = f"http://127.0.0.1:{port}/n/team-risk/services/-/live"
    async with aiohttp.ClientSession() as session, session.get(live) as stream:
        await stream.content.readline()
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), LIMIT)


async def test_a_wrong_setting_is_named_and_ends_with_1() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modelsweb", "serve"),
        env={**os.environ, "APP_DISABLE_AUTH": "maybe"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), LIMIT)
    assert process.returncode == 1
    assert b"APP_DISABLE_AUTH must be True or False" in said
    assert b"Traceback" not in said
