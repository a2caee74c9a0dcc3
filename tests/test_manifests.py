"""What is installed: the generated rights are those of the code, and every overlay is whole."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsweb.config import Config, from_environment
from modelsweb.kinds import KINDS
from modelsweb.objects.rbac import cluster_role, user_roles
from tests.waiting import LIMIT

ROOT = Path(__file__).resolve().parent.parent
MANIFESTS = ROOT / "manifests"
OVERLAYS = {"standalone": "kserve", "kubeflow": "kubeflow", "gateway-api": "kserve"}


def rendered(overlay: str) -> dict[str, dict[str, Any]]:
    """The objects of an overlay by kind and name, as kubectl would apply them."""
    program = Path(sys.executable).parent / "kubectl"
    command = [str(program), "kustomize", str(MANIFESTS / "overlays" / overlay)]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in yaml.safe_load_all(text)}


def test_the_rights_in_the_manifests_are_those_of_the_code() -> None:
    assert yaml.safe_load((MANIFESTS / "base" / "clusterrole.yaml").read_text()) == cluster_role(KINDS)
    users = list(yaml.safe_load_all((MANIFESTS / "base" / "user-roles.yaml").read_text()))
    assert users == user_roles(KINDS)


def test_the_command_prints_what_the_manifests_hold() -> None:
    for options, file in (([], "clusterrole.yaml"), (["--users"], "user-roles.yaml")):
        command = [sys.executable, "-m", "modelsweb", "rbac", *options]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout
        assert printed == (MANIFESTS / "base" / file).read_text()


def test_no_rule_is_wider_than_it_must_be() -> None:
    for role in (cluster_role(KINDS, tokens=True), *user_roles(KINDS)):
        for rule in role["rules"]:
            assert rule["verbs"]
            assert "*" not in [*rule["verbs"], *rule["resources"], *rule["apiGroups"]]
            assert "secrets" not in rule["resources"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_whole(overlay: str) -> None:
    found, namespace = rendered(overlay), OVERLAYS[overlay]
    for one in found.values():
        if one["kind"] not in {"ClusterRole", "ClusterRoleBinding"}:
            assert one["metadata"]["namespace"] == namespace
    assert found["ClusterRoleBinding/modelsweb"]["subjects"][0]["namespace"] == namespace
    deployment = found["Deployment/modelsweb"]["spec"]
    template = deployment["template"]
    labels = template["metadata"]["labels"]
    for selector in (
        deployment["selector"]["matchLabels"],
        found["Service/modelsweb"]["spec"]["selector"],
        found["PodDisruptionBudget/modelsweb"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy/modelsweb"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    assert found["NetworkPolicy/modelsweb"]["spec"]["ingress"]
    container = template["spec"]["containers"][0]
    settings = found["ConfigMap/" + container["envFrom"][0]["configMapRef"]["name"]]["data"]
    given = {one["name"]: one["value"] for one in container["env"]}
    config = from_environment({**settings, **given})
    assert config.web.prefix == "/models"
    assert not config.auth.is_disabled
    assert config.web.host == "0.0.0.0"
    assert container["ports"][0]["containerPort"] == Config().web.port


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_pod_has_no_privilege(overlay: str) -> None:
    spec = rendered(overlay)["Deployment/modelsweb"]["spec"]["template"]["spec"]
    context = spec["containers"][0]["securityContext"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not spec["enableServiceLinks"]
    assert context["readOnlyRootFilesystem"]
    assert not context["allowPrivilegeEscalation"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert spec["containers"][0]["resources"]["requests"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert spec["containers"][0][probe]["httpGet"]["path"].startswith("/healthz/")
