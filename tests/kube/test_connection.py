"""Kubeconfigs, by the official loader: several files, contexts, tokens, exec plugins, and clear refusals."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from modelsweb.clock import SystemClock
from modelsweb.kube.connection import ConnectionConfigError, TokenFile, from_kubeconfig, in_cluster


def _config(path: Path, **parts: object) -> Path:
    body = {"apiVersion": "v1", "kind": "Config", **parts}
    path.write_text(yaml.safe_dump(body))
    return path


def _named(name: str, key: str, value: object) -> list[dict[str, object]]:
    return [{"name": name, key: value}]


def test_several_files_are_merged_and_a_context_chosen(tmp_path: Path) -> None:
    one = _config(
        tmp_path / "one",
        clusters=_named("c1", "cluster", {"server": "http://one:80"}),
        contexts=_named("first", "context", {"cluster": "c1", "user": "u"}),
        **{"current-context": "first"},
    )
    two = _config(
        tmp_path / "two",
        clusters=_named("c2", "cluster", {"server": "http://two:80"}),
        users=_named("u", "user", {"token": "secret"}),
        contexts=_named("second", "context", {"cluster": "c2", "user": "u"}),
    )
    paths = f"{one}:{two}"
    assert from_kubeconfig(paths, None).server == "http://one:80"
    assert from_kubeconfig(paths, "second").server == "http://two:80"


async def test_a_token_is_sent(tmp_path: Path) -> None:
    path = _config(
        tmp_path / "config",
        clusters=_named("c", "cluster", {"server": "http://host:80"}),
        users=_named("u", "user", {"token": "secret"}),
        contexts=_named("x", "context", {"cluster": "c", "user": "u"}),
        **{"current-context": "x"},
    )
    connection = from_kubeconfig(str(path), None)
    assert await connection.credentials.headers() == {"Authorization": "Bearer secret"}


async def test_an_exec_plugin_gives_the_token(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "from-plugin"},
    }
    plugin.write_text(f"#!/bin/sh\ncat <<'X'\n{json.dumps(answer)}\nX\n")
    plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
    run = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": str(plugin),
        "interactiveMode": "Never",
    }
    path = _config(
        tmp_path / "config",
        clusters=_named("c", "cluster", {"server": "http://host:80"}),
        users=_named("u", "user", {"exec": run}),
        contexts=_named("x", "context", {"cluster": "c", "user": "u"}),
        **{"current-context": "x"},
    )
    connection = from_kubeconfig(str(path), None)
    assert await connection.credentials.headers() == {"Authorization": "Bearer from-plugin"}


@pytest.mark.parametrize("text", ["", "not: [yaml", "apiVersion: v1\nkind: Config\ncurrent-context: gone"])
def test_a_broken_kubeconfig_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ConnectionConfigError, match="The kubeconfig cannot be used"):
        from_kubeconfig(str(path), None)


def test_without_a_service_account_the_pod_is_told_what_to_set() -> None:
    with pytest.raises(ConnectionConfigError, match="automountServiceAccountToken"):
        in_cluster("10.0.0.1", "443")


async def test_a_rotated_token_is_read_again_when_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old\n")
    credentials = TokenFile(path=path, clock=SystemClock())
    assert await credentials.headers() == {"Authorization": "Bearer old"}
    path.write_text("new\n")
    assert await credentials.headers() == {"Authorization": "Bearer old"}
    assert await credentials.headers(fresh=True) == {"Authorization": "Bearer new"}
