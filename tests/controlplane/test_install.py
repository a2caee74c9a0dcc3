"""The manifests, as the API server takes them: each overlay by server dry-run."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsweb import errors
from modelsweb.kinds import NAMESPACE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import from_kubeconfig
from modelsweb.objects.kind import Kind
from tests.controlplane.plane import DEFINITION, KUBECONFIG, SHARED_CRDS
from tests.waiting import LIMIT, until

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = {"standalone": "kserve", "kubeflow": "kubeflow", "gateway-api": "kserve"}


WANTED = tuple(
    yaml.load_all(Path(__file__).with_name("gateway_kinds.yaml").read_text(), Loader=yaml.CSafeLoader)
)


async def _prepare() -> None:
    """The kinds of gateways and the namespaces that the overlays name."""
    async with KubeClient(from_kubeconfig(str(KUBECONFIG), None)) as client:
        for definition in WANTED:
            try:
                await client.create(DEFINITION, definition)
            except errors.AlreadyExistsError:
                if not SHARED_CRDS.is_dir():  # else it is the full one; here one that takes anything
                    change = {"spec": {"versions": definition["spec"]["versions"]}}
                    await client.patch(DEFINITION, change, name=definition["metadata"]["name"])
        for name in {*OVERLAYS.values(), "knative-monitoring"}:
            try:
                body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
                await client.create(NAMESPACE, body)
            except errors.AlreadyExistsError:
                continue

        async def are_served() -> bool:
            return all(
                [
                    await client.resources("security.istio.io", "v1beta1"),
                    await client.resources("networking.istio.io", "v1beta1"),
                    await client.resources("gateway.networking.k8s.io", "v1"),
                ]
            )

        await until(are_served)

        async def are_strict() -> bool:
            return all([await _refuses_nonsense(client, definition) for definition in WANTED])

        await until(are_strict)


async def _refuses_nonsense(client: KubeClient, definition: dict[str, Any]) -> bool:
    spec = definition["spec"]
    kind = Kind(
        group=spec["group"],
        version=spec["versions"][0]["name"],
        kind=spec["names"]["kind"],
        plural=spec["names"]["plural"],
    )
    body = {"metadata": {"name": "probe"}, "spec": {"nonsense": True}}
    try:
        await client.create(kind, body, namespace="kserve", dry_run=True, strict=True)
    except (errors.BadRequestError, errors.InvalidError):
        return True
    return False


async def _dry_run(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = str(Path(sys.executable).parent / "kubectl")
    options = ["--dry-run=server", "-o", "yaml"]
    command = [program, "--kubeconfig", str(KUBECONFIG), "apply", "-k", str(folder), *options]
    return await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, timeout=LIMIT
    )


async def _apply(folder: Path) -> set[str]:
    """The kinds of objects that the API server would take from a folder."""
    found = await _dry_run(folder)
    assert found.returncode == 0, found.stderr
    assert "Warning" not in found.stderr
    return {one["kind"] for one in yaml.safe_load(found.stdout)["items"]}


@pytest.mark.real
@pytest.mark.parametrize("overlay", OVERLAYS)
async def test_an_overlay_is_taken_by_the_api_server(overlay: str) -> None:
    await _prepare()
    kinds = await _apply(ROOT / "manifests" / "overlays" / overlay)
    assert {"Deployment", "Service", "ServiceAccount", "ClusterRole", "NetworkPolicy"} <= kinds


@pytest.mark.real
@pytest.mark.parametrize("install", ["standalone", "kubeflow"])
async def test_grafana_s_manifests_are_taken_by_the_api_server(install: str) -> None:
    await _prepare()
    kinds = await _apply(ROOT / "manifests" / "grafana" / install)
    assert kinds == {"ConfigMap", "NetworkPolicy", "VirtualService", "AuthorizationPolicy"}


@pytest.mark.real
@pytest.mark.parametrize(
    ("overlay", "wrong", "said"),
    [
        ("kubeflow", ("prefix: /models/", "prefixed: /models/"), "prefixed"),
        ("kubeflow", ("action: ALLOW", "action: LET"), "action"),
        ("gateway-api", ("type: PathPrefix", "type: Prefix"), "type"),
    ],
)
async def test_a_mistake_in_an_overlay_would_be_seen(
    overlay: str, wrong: tuple[str, str], said: str, tmp_path: Path
) -> None:
    await _prepare()
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    folder = tmp_path / "manifests" / "overlays" / overlay
    for path in folder.glob("*.yaml"):
        path.write_text(path.read_text().replace(*wrong))
    found = await _dry_run(folder)
    assert found.returncode != 0
    assert said in found.stderr
