"""The kubectl line that does the same, ready for bash: every value is quoted, and the namespace is always named."""

import json
import shlex
from collections.abc import Iterable
from typing import Any

from modelsweb.objects.kind import Kind
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
