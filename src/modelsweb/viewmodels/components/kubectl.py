"""The kubectl line that does the same, ready for bash: every value is quoted, and the namespace is always named."""

import json
import re
import shlex
from collections.abc import Iterable
from typing import Any

from modelsweb.manifests.credentials import Storage, usual_keys
from modelsweb.objects.kind import Kind
from modelsweb.operations.action import Action, Target
from modelsweb.topology.stop import STOP


def create(namespace: str) -> str:
    """What is in a file is created."""
    return _line("-n", namespace, "create", "-f", "FILE.yaml")


def delete(kind: Kind, namespace: str, *, name: str) -> str:
    """What belongs to it goes first, as here."""
    return _line("-n", namespace, "delete", kind.full_name, name, "--cascade=foreground")


def stop(kind: Kind, namespace: str, *, name: str, is_stopped: bool) -> str:
    """The annotation by which KServe stops a service, set or taken away."""
    change = f"{STOP}=true" if is_stopped else f"{STOP}-"
    return _line(
        "-n", namespace, "annotate", kind.full_name, name, change, *(["--overwrite"] if is_stopped else [])
    )


def act(action: Action, target: Target) -> str:
    """What is done to one object."""
    if action is Action.DELETE:
        return delete(target.kind, target.namespace, name=target.name)
    return stop(target.kind, target.namespace, name=target.name, is_stopped=action is Action.STOP)


def patch(kind: Kind, namespace: str, *, name: str, changes: Iterable[tuple[tuple[str, ...], Any]]) -> str:
    """Fields that are set; None takes one away."""
    merged: dict[str, Any] = {}
    for path, value in changes:
        node = merged
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = value
    return _line(
        "-n",
        namespace,
        "patch",
        kind.full_name,
        name,
        "--type=merge",
        "-p",
        json.dumps(merged, ensure_ascii=False),
    )


def _line(*words: str) -> str:
    return shlex.join(("kubectl", *words))


def secret(namespace: str, name: str, *, storage: Storage) -> str:
    """A Secret for a storage, its values from variables of the shell."""
    if storage is Storage.OCI:
        start = _line("-n", namespace, "create", "secret", "docker-registry", name)
        words = [f'--docker-{part}="${part.upper()}"' for part in ("server", "username", "password")]
        return " ".join((start, *words))
    start = _line("-n", namespace, "create", "secret", "generic", name)
    words = [f'--from-literal={key}="${_variable(key)}"' for key in usual_keys(storage)]
    return " ".join((start, *words))


def _variable(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", key).upper()


def attach(namespace: str, account: str, *, secret: str, field: str) -> str:
    """A Secret that goes onto an account, beside those that it has."""
    change = json.dumps({field: [{"name": secret}]})
    return _line("-n", namespace, "patch", "serviceaccount", account, "--type=strategic", "-p", change)
