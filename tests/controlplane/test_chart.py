"""The Helm chart renders what the overlays hold, and the API server takes it."""

import asyncio
import copy
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.controlplane.plane import VERSION, helm
from tests.test_manifests import removed
from tests.waiting import LIMIT

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "modelsweb"
OVERLAYS = {"standalone": "kserve", "kubeflow": "kubeflow", "gateway-api": "kserve"}
SETTINGS = "checksum/settings"


@cache
def program() -> Path:
    return helm()


def templated(overlay: str, *options: str) -> "subprocess.CompletedProcess[str]":
    values = CHART / f"values-{overlay}.yaml"
    chosen = ["--values", str(values)] if values.exists() else []
    place = ["--namespace", OVERLAYS[overlay], "--kube-version", VERSION]
    command = [str(program()), "template", "modelsweb", str(CHART), *place, *chosen]
    return subprocess.run([*command, *options], check=False, capture_output=True, text=True, timeout=LIMIT)


def by_name(text: str) -> dict[str, dict[str, Any]]:
    """The objects, without what kustomize and helm each do in their own way so that a new setting rolls the pods."""
    found: dict[str, dict[str, Any]] = {}
    for one in filter(None, yaml.safe_load_all(text)):
        plain = copy.deepcopy(one)
        metadata = plain["metadata"]
        if plain["kind"] == "ConfigMap":
            metadata["name"] = "modelsweb"
        if plain["kind"] == "Deployment":
            template = plain["spec"]["template"]
            template["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"] = "modelsweb"
            annotations = template["metadata"].get("annotations", {})
            annotations.pop(SETTINGS, None)
            if not annotations:
                template["metadata"].pop("annotations", None)
        found[f"{plain['kind']}/{metadata['name']}"] = plain
    return found


@pytest.mark.real
@pytest.mark.parametrize("overlay", OVERLAYS)
async def test_the_chart_renders_the_objects_of_the_overlay(overlay: str) -> None:
    chart = await asyncio.to_thread(templated, overlay)
    assert chart.returncode == 0, chart.stderr
    kubectl = str(Path(sys.executable).parent / "kubectl")
    command = [kubectl, "kustomize", str(ROOT / "manifests" / "overlays" / overlay)]
    overlaid = await asyncio.to_thread(
        subprocess.run, command, check=True, capture_output=True, text=True, timeout=LIMIT
    )
    assert by_name(chart.stdout) == by_name(overlaid.stdout)


@pytest.mark.real
async def test_the_chart_passes_helm_s_own_check() -> None:
    command = [
        str(await asyncio.to_thread(program)),
        "lint",
        "--strict",
        "--kube-version",
        VERSION,
        str(CHART),
    ]
    found = await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, timeout=LIMIT
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.real
async def test_values_are_followed_and_a_wrong_one_is_named() -> None:
    options = (
        "--set=settings.APP_PREFIX=/",
        "--set=image.tag=7",
        "--set-string=settings.MODELSWEB_WEB_METRICS_PORT=0",
        "--set=identity.userHeader=x-user",
        "--set=identity.groupsHeader=x-groups",
        "--set=settings.MODELSWEB_AUTH_TOKENS=True",
        "--set=rbac.create=false",
    )
    first = by_name((await asyncio.to_thread(templated, "standalone", *options)).stdout)
    container = first["Deployment/modelsweb"]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "modelsweb:7"
    assert [port["name"] for port in container["ports"]] == ["http"]
    match = first["VirtualService/modelsweb"]["spec"]["http"][0]["match"]
    assert match == [{"uri": {"prefix": "/"}}]
    removed = first["VirtualService/modelsweb"]["spec"]["http"][0]["headers"]["request"]["remove"]
    assert removed == ["x-user", "x-groups"]
    given = {one["name"]: one["value"] for one in container["env"]}
    assert (given["USERID_HEADER"], given["MODELSWEB_AUTH_GROUPS_HEADER"]) == ("x-user", "x-groups")
    assert "ClusterRole/modelsweb" not in first
    assert first["ClusterRoleBinding/modelsweb-tokens"]["roleRef"]["name"] == "system:auth-delegator"
    wrong = await asyncio.to_thread(templated, "standalone", "--set=route.kind=nginx")
    assert wrong.returncode != 0
    assert "route.kind must be istio, gateway-api or none, not nginx" in wrong.stderr


@pytest.mark.real
@pytest.mark.parametrize(
    ("overlay", "options", "said"),
    [
        ("standalone", ["--set=settings.USERID_HEADER=x-user"], "set identity.userHeader alone"),
        ("standalone", ["--set=settings.MODELSWEB_AUTH_GROUPS_HEADER=x"], "set identity.groupsHeader alone"),
        ("gateway-api", ["--set=settings.USERID_HEADER=x-user"], "set identity.userHeader alone"),
        ("kubeflow", ["--set=identity.userHeader=x-user"], "must stand in route.overwrites"),
        ("kubeflow", ["--set=settings.USERID_HEADER=x-user"], "set identity.userHeader alone"),
        ("standalone", ["--set=identity.userHeader="], "identity.userHeader must name"),
    ],
)
async def test_a_header_that_the_route_does_not_know_is_refused(
    overlay: str, options: list[str], said: str
) -> None:
    found = await asyncio.to_thread(templated, overlay, *options)
    assert found.returncode != 0
    assert said in found.stderr


@pytest.mark.real
@pytest.mark.parametrize("overlay", OVERLAYS)
async def test_no_header_is_believed_that_the_chart_s_route_lets_through(overlay: str) -> None:
    options = ["--set=identity.groupsHeader=x-groups"]
    options += [] if overlay == "kubeflow" else ["--set=identity.userHeader=x-user"]
    found = by_name((await asyncio.to_thread(templated, overlay, *options)).stdout)
    container = found["Deployment/modelsweb"]["spec"]["template"]["spec"]["containers"][0]
    given = {one["name"]: one["value"] for one in container["env"]}
    believed = {given["USERID_HEADER"], given["MODELSWEB_AUTH_GROUPS_HEADER"]}
    overwritten = {"kubeflow-userid"} if overlay == "kubeflow" else set()
    assert believed == set(removed(found)) | overwritten


@pytest.mark.real
async def test_a_change_of_a_setting_rolls_the_pods() -> None:
    sums = []
    for prefix in ("/models", "/other"):
        text = (
            await asyncio.to_thread(templated, "standalone", f"--set=settings.APP_PREFIX={prefix}")
        ).stdout
        deployment = next(one for one in yaml.safe_load_all(text) if one["kind"] == "Deployment")
        sums.append(deployment["spec"]["template"]["metadata"]["annotations"][SETTINGS])
    assert sums[0] != sums[1]
