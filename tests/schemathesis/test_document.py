"""Schemathesis against the OpenAPI document of our own API, with auth on and off: no 5xx, no status and no answer that the document
does not have. SCHEMATHESIS_SECONDS is the time of both together."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.running import NAMESPACE, App, running_app
from tests.sample_objects import service

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.web.api.v1 import watch, watch_log

SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "300"))
_CONFIG = Path(__file__).parent / "schemathesis.toml"
_FREE = WebConfig(
    secure_cookies=False, prefix="", requests_per_second=0, work_per_second=0, writes_per_minute=0
)
"""Refusals of who asks too often would hide what lies behind them."""
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_RUN = "from schemathesis.cli import schemathesis; schemathesis()"
_STREAM_SECONDS = 0.2
_OBJECTS = (
    (INFERENCE_SERVICE, service("iris")),
    (INFERENCE_SERVICE, service("broken", containers=[])),
    (
        INFERENCE_GRAPH,
        {
            "apiVersion": INFERENCE_GRAPH.api_version,
            "kind": INFERENCE_GRAPH.kind,
            "metadata": {"name": "graph"},
            "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": "iris"}]}}},
        },
    ),
    (
        SERVING_RUNTIME,
        {
            "apiVersion": SERVING_RUNTIME.api_version,
            "kind": SERVING_RUNTIME.kind,
            "metadata": {"name": "own"},
            "spec": {"containers": [{"name": "kserve-container", "image": "registry.example.com/s:1"}]},
        },
    ),
)


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        (AuthConfig(is_disabled=True), ()),
        (AuthConfig(), ("-H", "kubeflow-userid: alice@example.com")),
    ],
    ids=["auth-off", "auth-on"],
)
async def test_no_answer_is_other_than_the_document_says(
    auth: AuthConfig, headers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = watch.limited

    def cut_short(source: AsyncGenerator[bytes, None], seconds: float) -> AsyncGenerator[bytes, None]:
        return whole(source, min(seconds, _STREAM_SECONDS))

    for module in (watch, watch_log):
        monkeypatch.setattr(module, "limited", cut_short)
    async with running_app(Config(web=_FREE, auth=auth), with_simulator=True) as app:
        keeping = asyncio.ensure_future(_keep(app))
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _RUN, "--config-file", str(_CONFIG), "run"),
                *(f"{app.address}/api/openapi.json", *headers, "-H", "X-Requested-By: tests"),
                *("--max-time", str(SECONDS // 2), "--checks", ",".join(_CHECKS), "--continue-on-failure"),
                *("--seed", "1", "--no-shrink", "--request-timeout", "60", "--warnings", "off"),
                cwd=tmp_path,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            out, _ = await process.communicate()
        finally:
            keeping.cancel()
    told = out.decode()
    print(told[-1_500:])
    assert process.returncode == 0, told
    assert _cases(told) > SECONDS, told


async def _keep(app: App) -> None:
    """What is drawn deletes and spoils: the objects are there again a moment later."""
    while True:
        for kind, manifest in _OBJECTS:
            with suppress(errors.ModelswebError):
                await app.cluster.create(kind, manifest, namespace=NAMESPACE)
        await asyncio.sleep(0.5)


def _cases(told: str) -> int:
    """How many calls were made, as the report says it."""
    line = next(line for line in told.splitlines() if "generated" in line)
    return int(line.split()[0])
