"""The cluster that is measured on: an API server with many InferenceServices of about 5 kB, and users to ask as."""

import asyncio
import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from tests.controlplane.plane import KUBECONFIG

from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import from_kubeconfig
from modelsweb.objects.kind import Kind

USER = "bench@example.com"
OTHER = "other@example.com"
FIRST = "bench-0"
FAILED_ARE = 50
"""One in so many has failed."""
_WRITERS = 32
_LISTS = re.compile(r'^apiserver_request_total\{([^}]*verb="LIST"[^}]*)\} (\S+)$', re.MULTILINE)
_EVERYTHING = "bench-everything"
_ROLE = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    kind="ClusterRole",
    plural="clusterroles",
    namespaced=False,
)
_BINDING = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    kind="ClusterRoleBinding",
    plural="clusterrolebindings",
    namespaced=False,
)
_FORMATS = ("sklearn", "xgboost", "lightgbm", "pytorch", "onnx", "huggingface")
_NOTE = "A note of its owners, as long as such notes are in life. " * 12


def client(kubeconfig: Path = KUBECONFIG) -> KubeClient:
    """A client with all rights."""
    return KubeClient(from_kubeconfig(str(kubeconfig), None))


async def prepare(kubeconfig: Path = KUBECONFIG) -> None:
    """Gives the bench's users all rights."""
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    role = {"apiVersion": _ROLE.api_version, "kind": _ROLE.kind, "metadata": {"name": _EVERYTHING}}
    async with client(kubeconfig) as found:
        await found.create(_ROLE, role | {"rules": rules})
        for user in (USER, OTHER):
            body = {
                "apiVersion": _BINDING.api_version,
                "kind": _BINDING.kind,
                "metadata": {"name": _binding_of(user)},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io",
                    "kind": _ROLE.kind,
                    "name": _EVERYTHING,
                },
                "subjects": [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}],
            }
            await found.create(_BINDING, body)


async def take_away(found: KubeClient, user: str) -> None:
    """Takes all rights from a user."""
    await found.delete(_BINDING, name=_binding_of(user))


def _binding_of(user: str) -> str:
    return user.partition("@")[0]


async def fill(namespace: str, numbers: Iterable[int]) -> None:
    """Services ``model-00000`` and so on, with status."""
    async with client() as found:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        known = {item["metadata"]["name"] for item in (await _namespaces(found))}
        if namespace not in known:
            await found.create(NAMESPACE, body)
        queue = iter(list(numbers))

        async def write() -> None:
            for number in queue:
                name = f"model-{number:05}"
                await found.create(INFERENCE_SERVICE, manifest(name, number), namespace=namespace)
                await found.patch(
                    INFERENCE_SERVICE,
                    {"status": status(name, namespace, number)},
                    namespace=namespace,
                    name=name,
                    subresource="status",
                )

        await asyncio.gather(*(write() for _ in range(_WRITERS)))


async def _namespaces(found: KubeClient) -> list[dict[str, Any]]:
    raw, _ = await found.list_all(NAMESPACE)
    return [msgspec.json.decode(item) for item in raw]


def manifest(name: str, number: int) -> dict[str, Any]:
    """A service as users write them, with the labels and notes of a big installation."""
    chosen = random.Random(number)
    model_format = chosen.choice(_FORMATS)
    return {
        "apiVersion": INFERENCE_SERVICE.api_version,
        "kind": INFERENCE_SERVICE.kind,
        "metadata": {
            "name": name,
            "labels": {
                "team": f"team-{number % 17}",
                "tier": chosen.choice(("prod", "test", "lab")),
                "app.kubernetes.io/version": f"1.{number % 40}",
            },
            "annotations": {
                "serving.kserve.io/deploymentMode": "Standard",
                "owner": f"owner-{number % 50}@example.com",
                "example.com/note": _NOTE,
            },
        },
        "spec": {
            "predictor": {
                "minReplicas": 1,
                "maxReplicas": 4,
                "model": {
                    "modelFormat": {"name": model_format},
                    "storageUri": f"s3://models/{model_format}/{name}/v{number % 9}",
                    "resources": {
                        "requests": {"cpu": "1", "memory": "2Gi"},
                        "limits": {"cpu": "2", "memory": "4Gi"},
                    },
                    "env": [{"name": f"SETTING_{index}", "value": f"value-{index}"} for index in range(12)],
                },
            }
        },
    }


def status(name: str, namespace: str, number: int, *, sequence: int = 0) -> dict[str, Any]:
    """The status of a service: one in fifty has failed. ``sequence`` makes one that a list shows as another."""
    has_failed = number % FAILED_ARE == 0
    at = "2026-11-01T10:00:00Z"
    conditions = [
        {
            "type": type_,
            "status": "False" if has_failed else "True",
            "reason": "ReconcileFailed" if has_failed else "MinimumReplicasAvailable",
            "message": "something that cannot be made"
            if has_failed
            else "Deployment has minimum availability.",
            "lastTransitionTime": at,
        }
        for type_ in ("IngressReady", "PredictorReady", "Ready")
    ]
    conditions.append({"type": "Stopped", "status": "False", "lastTransitionTime": at})
    return {
        "deploymentMode": "Standard",
        "clusterServingRuntimeName": "kserve-sklearnserver",
        "url": f"http://{name}-{namespace}.example.com/{sequence}",
        "address": {"url": f"http://{name}-predictor.{namespace}.svc.cluster.local"},
        "conditions": conditions,
        "components": {"predictor": {"url": f"http://{name}-predictor-{namespace}.example.com"}},
        "modelStatus": {
            "copies": {"totalCopies": 1, "failedCopies": 0},
            "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"},
            "transitionStatus": "UpToDate",
        },
    }


async def api_metrics() -> dict[str, float]:
    """Sums of the API server's counters by name and, for those asked for, by verb."""
    async with client() as found:
        text = (await found.request("GET", "/metrics", seconds=60)).decode()
    sums: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith(("apiserver_request_total{", "apiserver_longrunning_requests{")):
            name, _, value = line.rpartition(" ")
            key = name.partition("{")[0]
            if "longrunning" in key and 'verb="WATCH"' not in name:
                continue
            if ',resource=""' in name:  # /metrics and probes
                continue
            sums[key] = sums.get(key, 0.0) + float(value)
    return sums


async def api_lists() -> dict[str, float]:
    """How many lists the API server has answered so far, by resource."""
    async with client() as found:
        text = (await found.request("GET", "/metrics", seconds=60)).decode()
    sums: dict[str, float] = {}
    for labels, value in _LISTS.findall(text):
        resource = re.search(r'resource="([^"]*)"', labels)
        if resource:
            sums[resource[1]] = sums.get(resource[1], 0.0) + float(value)
    return sums
