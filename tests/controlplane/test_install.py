"""The manifests, as the API server takes them: each overlay by server dry-run."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from modelsweb import errors
from modelsweb.kinds import NAMESPACE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import from_kubeconfig
from tests.controlplane.plane import DEFINITION, KUBECONFIG
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = {"standalone": "kserve", "kubeflow": "kubeflow", "gateway-api": "kserve"}


def _slim(group: str, version: str, kind: str, plural: str) -> dict[str, object]:
    """A definition that takes anything: the kinds of gateways that this plane does not have otherwise."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    }


WANTED = (
    _slim("networking.istio.io", "v1beta1", "VirtualService", "virtualservices"),
    _slim("security.istio.io", "v1beta1", "AuthorizationPolicy", "authorizationpolicies"),
    _slim("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
)


async def _prepare() -> None:
    """The kinds of gateways and the namespaces that the overlays name."""
    async with KubeClient(from_kubeconfig(str(KUBECONFIG), None)) as client:
        for definition in WANTED:
            try:
                await client.create(DEFINITION, definition)
            except errors.AlreadyExistsError:  # the full one, where it was at hand
                continue
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


async def _apply(folder: Path) -> set[str]:
    """The kinds of objects that the API server would take from a folder."""
    program = str(Path(sys.executable).parent / "kubectl")
    options = ["--dry-run=server", "-o", "yaml"]
    command = [program, "--kubeconfig", str(KUBECONFIG), "apply", "-k", str(folder), *options]
    found = await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, timeout=60
    )
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
