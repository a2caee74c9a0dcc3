"""KServe's webhooks on the real control plane: the demo's own rules, asked over HTTPS as the API server asks webhooks.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

import asyncio
import base64
import copy
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from modelsweb import errors
from modelsweb.demo.apiserver.failure import Failure
from modelsweb.demo.simulator.admission import ADMISSION, denial
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, SERVING_RUNTIME, TRAINED_MODEL
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind
from tests.contract.cluster import Cluster, DemoContract
from tests.controlplane.plane import RUN
from tests.waiting import until

_API = "admissionregistration.k8s.io"
_KINDS = {
    mutates: Kind(group=_API, version="v1", kind=name, plural=f"{name.lower()}s", namespaced=False)
    for mutates, name in ((True, "MutatingWebhookConfiguration"), (False, "ValidatingWebhookConfiguration"))
}
_VALIDATORS = {
    "inferenceservices": "inferenceservice",
    "inferencegraphs": "inferencegraph",
    "trainedmodels": "trainedmodel",
    "servingruntimes": "servingruntime",
}
_VERSIONS = ["v1beta1", "v1alpha1"]


async def _review(request: Request) -> Response:
    """One AdmissionReview."""
    asked = (await request.json())["request"]
    mutates = request.path_params["what"] == "mutate"
    hooks = ADMISSION[f"{asked['resource']['resource']}.{asked['resource']['group']}"]
    before, after = asked.get("oldObject"), copy.deepcopy(asked["object"])
    answer: dict[str, Any] = {"uid": asked["uid"], "allowed": True}
    try:
        (hooks.mutate if mutates else hooks.validate)(after, before)
    except Failure as failure:
        _, words = denial(failure)
        status = {"code": failure.code, "message": words, "reason": failure.reason}
        answer |= {"allowed": False, "status": status}
    if mutates and answer["allowed"] and after != asked["object"]:
        patch = [{"op": "add", "path": f"/{key}", "value": value} for key, value in after.items()]
        encoded = base64.b64encode(json.dumps(patch).encode()).decode()
        answer |= {"patchType": "JSONPatch", "patch": encoded}
    return JSONResponse({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer})


def _configuration(cluster: Cluster, address: str, *, mutates: bool) -> dict[str, Any]:
    """For the test's own namespace; what others do is none of ours."""
    authority = base64.b64encode((RUN / "certificates" / "ca.crt").read_bytes()).decode()
    what = "mutate" if mutates else "validate"
    kind = _KINDS[mutates]
    plurals = ["inferenceservices"] if mutates else list(_VALIDATORS)
    return {
        "apiVersion": f"{_API}/v1",
        "kind": kind.kind,
        "metadata": {"name": f"{what}-{cluster.namespace}"},
        "webhooks": [
            {
                "name": f"{_VALIDATORS[plural]}.kserve-webhook-server.{'defaulter' if mutates else 'validator'}",
                "clientConfig": {"url": f"{address}/{what}", "caBundle": authority},
                "rules": [
                    {
                        "apiGroups": ["serving.kserve.io"],
                        "apiVersions": _VERSIONS,
                        "operations": ["CREATE", "UPDATE"],
                        "resources": [plural],
                    }
                ],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": cluster.namespace}},
                "failurePolicy": "Fail",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
            for plural in plurals
        ],
    }


@asynccontextmanager
async def webhooks(cluster: Cluster) -> AsyncIterator[None]:
    """KServe's webhooks answer in the namespace of the test; the demo has them anyway."""
    if isinstance(cluster, DemoContract):
        yield
        return
    app = Starlette(routes=[Route("/{what}", _review, methods=["POST"])])
    certificates = RUN / "certificates"
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                ssl_certfile=certificates / "apiserver.crt",
                ssl_keyfile=certificates / "apiserver.key",
                lifespan="off",
                log_config=None,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        address = f"https://127.0.0.1:{sock.getsockname()[1]}"
        await until(_started(server))
        for mutates, kind in _KINDS.items():
            body = _configuration(cluster, address, mutates=mutates)
            await cluster.client.create(kind, body)
        try:
            await until(_asked(cluster.client, cluster.namespace))
            yield
        finally:
            for mutates, kind in _KINDS.items():
                name = f"{'mutate' if mutates else 'validate'}-{cluster.namespace}"
                await cluster.client.delete(kind, name=name)
            server.should_exit = True
            await serving


def _started(server: uvicorn.Server) -> Any:
    async def is_started() -> bool:
        return server.started

    return is_started


def _asked(client: KubeClient, namespace: str) -> Any:
    """The API server has heard of all of them: each refuses, or fills in, what only it does."""
    model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://a/b"}
    trials = {
        INFERENCE_SERVICE: {"predictor": {"minReplicas": 2, "maxReplicas": 1, "model": model}},
        INFERENCE_GRAPH: {"nodes": {"other": {"routerType": "Sequence", "steps": [{"serviceName": "x"}]}}},
        TRAINED_MODEL: {
            "inferenceService": "x",
            "model": {"framework": "x", "storageUri": "ftp://x", "memory": "1Gi"},
        },
        SERVING_RUNTIME: {
            "containers": [{"name": "kserve-container", "image": "x"}],
            "supportedModelFormats": [{"name": "x", "priority": 1}, {"name": "x", "priority": 2}],
        },
    }

    async def are_asked() -> bool:
        for kind, spec in trials.items():
            body = {
                "apiVersion": kind.api_version,
                "kind": kind.kind,
                "metadata": {"name": "trial"},
                "spec": spec,
            }
            try:
                await client.create(kind, body, namespace=namespace, dry_run=True)
            except errors.ForbiddenError:
                continue
            return False
        plain = {
            "apiVersion": INFERENCE_SERVICE.api_version,
            "kind": "InferenceService",
            "metadata": {"name": "trial"},
            "spec": {"predictor": {"model": model}},
        }
        made = await client.create(INFERENCE_SERVICE, plain, namespace=namespace, dry_run=True)
        return "modelFormat" in (made["metadata"].get("annotations") or {})

    return are_asked
