"""Server-side printing: an object as a row of cells."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from modelsweb.clock import parse_time
from modelsweb.demo.apiserver.resource import Column, Resource
from modelsweb.demo.apiserver.storage import Object

_NAME = {
    "name": "Name",
    "type": "string",
    "format": "name",
    "description": "Name must be unique within a namespace.",
    "priority": 0,
}
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\*)\]|\[\?\(@\.([^=]+)==\s*['\"]?([^'\")]*)['\"]?\)\]")


def table(
    resource: Resource, objects: Iterable[Object], *, include: str, now: datetime, version: str
) -> dict[str, Any]:
    """The Table that ``kubectl get`` prints. ``include`` is None, Metadata or Object."""
    rows = []
    for obj in objects:
        row: dict[str, Any] = {
            "cells": [obj["metadata"]["name"], *(cell(obj, c, now=now) for c in resource.columns)]
        }
        if include == "Object":
            row["object"] = obj
        elif include != "None":
            row["object"] = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": obj["metadata"],
            }
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": version},
        "columnDefinitions": [_NAME, *(_definition(column) for column in resource.columns)],
        "rows": rows,
    }


def _definition(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "format": "",
        "description": column.description,
        "priority": column.priority,
    }


def cell(obj: Object, column: Column, *, now: datetime) -> Any:
    """The value of one cell; null where there is none."""
    if column.path.startswith("@"):
        value = _SPECIAL[column.path](obj)
    else:
        found = [item for item in _find([obj], column.path) if item is not None]
        value = ",".join(str(item) for item in found) if len(found) > 1 else (found[0] if found else None)
    if value is None:
        return None if column.type != "date" else "<unknown>"
    if column.type == "date":
        since = parse_time(str(value))
        return age((now - since).total_seconds()) if since else "<unknown>"
    return str(value) if column.type == "string" and not isinstance(value, str) else value


def age(seconds: float) -> str:
    """A duration as kubectl shortens it."""
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 8:
        return f"{hours}h{minutes}m" if minutes else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days, hours = divmod(hours, 24)
    if days < 8:
        return f"{days}d{hours}h" if hours else f"{days}d"
    return f"{days}d"


def _find(values: list[Any], path: str) -> list[Any]:
    for key, index, filter_key, filter_value in _STEP.findall(path):
        matches: list[Any] = []
        for value in values:
            if key and isinstance(value, Mapping):
                matches.append(value.get(key))
            elif index == "*" and isinstance(value, list):
                matches.extend(value)
            elif index.isdigit() and isinstance(value, list) and int(index) < len(value):
                matches.append(value[int(index)])
            elif filter_key and isinstance(value, list):
                matches.extend(item for item in value if _equals(item.get(filter_key), filter_value))
        values = matches
    return values


def _equals(value: Any, wanted: str) -> bool:
    return (str(value).lower() if isinstance(value, bool) else str(value)) == wanted


def _pod_ready(pod: Object) -> str:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return (
        f"{sum(bool(status.get('ready')) for status in statuses)}/{len(pod['spec'].get('containers') or [])}"
    )


def _pod_restarts(pod: Object) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return sum(int(status.get("restartCount") or 0) for status in statuses)


def _pod_status(pod: Object) -> str:
    if "deletionTimestamp" in pod["metadata"]:
        return "Terminating"
    status = pod.get("status") or {}
    for prefix, group in (("Init:", "initContainerStatuses"), ("", "containerStatuses")):
        for container in status.get(group) or ():
            state = container.get("state") or {}
            waiting, terminated = state.get("waiting"), state.get("terminated")
            if terminated and terminated.get("exitCode"):
                return prefix + str(terminated.get("reason") or "Error")
            if waiting and waiting.get("reason") not in {"PodInitializing", "ContainerCreating"}:
                return prefix + str(waiting.get("reason"))
            if prefix and not terminated:
                return "Init:0/1"
    return str(status.get("reason") or status.get("phase") or "Unknown")


def _deployment_ready(deployment: Object) -> str:
    ready = (deployment.get("status") or {}).get("readyReplicas", 0)
    return f"{ready}/{deployment['spec'].get('replicas', 1)}"


def _event_seen(event: Object) -> str | None:
    seen: str | None = (
        event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp")
    )
    return seen


def _event_object(event: Object) -> str:
    involved = event.get("involvedObject") or {}
    return f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}"


_SPECIAL = {
    "@pod-ready": _pod_ready,
    "@pod-restarts": _pod_restarts,
    "@pod-status": _pod_status,
    "@deployment-ready": _deployment_ready,
    "@event-seen": _event_seen,
    "@event-object": _event_object,
}
