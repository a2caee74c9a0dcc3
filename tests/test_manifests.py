"""What is installed: the generated rights are those of the code, and every overlay is whole."""

import os
import subprocess
import sys
from collections.abc import Mapping
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
OTHER_HEADERS = ("USERID_HEADER=x-user", "MODELSWEB_AUTH_GROUPS_HEADER=x-groups")
OVERLAYS = {"standalone": "kserve", "kubeflow": "kubeflow", "gateway-api": "kserve"}


def rendered(overlay: str) -> dict[str, dict[str, Any]]:
    """The objects of an overlay by kind and name, as kubectl would apply them."""
    program = Path(sys.executable).parent / "kubectl"
    command = [
        str(program),
        "kustomize",
        str(MANIFESTS / "overlays" / overlay),
        "--load-restrictor=LoadRestrictionsNone",
    ]
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


def test_the_optional_role_creates_secrets_and_reads_none() -> None:
    role = yaml.safe_load((MANIFESTS / "components" / "secrets" / "clusterrole.yaml").read_text())
    assert role["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}]
    chart = (ROOT / "charts" / "modelsweb" / "templates" / "rbac.yaml").read_text()
    rules = chart[chart.index("and .Values.rbac.create .Values.rbac.secrets }") :].partition("{{- end }}")[0]
    assert "verbs: [create]" in rules
    assert "get" not in rules.replace(".Values", "")


def test_a_second_optional_role_reads_secrets_and_writes_none() -> None:
    role = yaml.safe_load((MANIFESTS / "components" / "secrets-read" / "clusterrole.yaml").read_text())
    assert role["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}]
    chart = (ROOT / "charts" / "modelsweb" / "templates" / "rbac.yaml").read_text()
    rules = chart[chart.index("and .Values.rbac.create .Values.rbac.secretsRead") :].partition("{{- end }}")[
        0
    ]
    assert "verbs: [get, list]" in rules


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


def _own(folder: Path, overlay: str, *, with_component: bool) -> dict[str, dict[str, Any]]:
    """What an overlay of one's own renders that names other headers."""
    above = os.path.relpath(MANIFESTS, folder)
    kustomization: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": OVERLAYS[overlay],
        "resources": [f"{above}/overlays/{overlay}"],
        "configMapGenerator": [{"name": "modelsweb", "behavior": "merge", "literals": list(OTHER_HEADERS)}],
    }
    if with_component:
        kustomization["components"] = [f"{above}/components/identity"]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return rendered(str(folder))


def _believed(found: Mapping[str, dict[str, Any]]) -> list[str]:
    """The headers that the app would believe, by its own reading of its environment."""
    container = found["Deployment/modelsweb"]["spec"]["template"]["spec"]["containers"][0]
    settings = found["ConfigMap/" + container["envFrom"][0]["configMapRef"]["name"]]["data"]
    auth = from_environment({**settings, **{one["name"]: one["value"] for one in container["env"]}}).auth
    return [name for name in (auth.userid_header, auth.groups_header) if name]


def removed(found: Mapping[str, dict[str, Any]]) -> list[str]:
    """The headers that the gateway's rule takes off each request."""
    if "HTTPRoute/modelsweb" in found:
        [rule] = found["HTTPRoute/modelsweb"]["spec"]["rules"]
        filters = rule.get("filters", ())
        return [name for one in filters for name in one["requestHeaderModifier"]["remove"]]
    [rule] = found["VirtualService/modelsweb"]["spec"]["http"]
    return list(rule.get("headers", {}).get("request", {}).get("remove", ()))


@pytest.mark.parametrize("overlay", ["standalone", "gateway-api"])
@pytest.mark.parametrize("with_component", [True, False], ids=["with the component", "without it"])
def test_no_header_is_believed_that_the_gateway_lets_through(
    overlay: str, with_component: bool, tmp_path: Path
) -> None:
    assert (
        _believed(rendered(overlay)) == removed(rendered(overlay)) == ["kubeflow-userid", "kubeflow-groups"]
    )
    found = _own(tmp_path, overlay, with_component=with_component)
    assert _believed(found) == removed(found)
    assert _believed(found) == (
        ["x-user", "x-groups"] if with_component else ["kubeflow-userid", "kubeflow-groups"]
    )


def test_in_kubeflow_only_the_header_is_believed_that_its_gateway_overwrites(tmp_path: Path) -> None:
    assert _believed(rendered("kubeflow")) == ["kubeflow-userid"]
    assert _believed(_own(tmp_path, "kubeflow", with_component=False)) == ["kubeflow-userid"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_app_reaches_names_the_api_server_and_prometheus_alone(overlay: str) -> None:
    policy = rendered(overlay)["NetworkPolicy/modelsweb"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    ports = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert ports == {53, 443, 6443, 9090} | ({15012} if overlay == "kubeflow" else set())


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
