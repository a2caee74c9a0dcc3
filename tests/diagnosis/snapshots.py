"""Small snapshots, built by hand for one case each."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from modelsweb.kinds import DEPLOYMENT, EVENT, INFERENCE_SERVICE, POD, REVISION, RUNTIME_POD
from modelsweb.objects.freshness import Freshness, Gap, Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.topology.service_snapshot import ServiceSnapshot, service_snapshot

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
TEMPLATE = "pod-template-hash"


def ago(**duration: float) -> str:
    """A time before NOW as Kubernetes writes it."""
    return (NOW - timedelta(**duration)).strftime("%Y-%m-%dT%H:%M:%SZ")


def service(
    *,
    ready: str = "",
    mode: str = "Standard",
    annotations: dict[str, str] | None = None,
    born: str = "",
    **status: Any,
) -> Obj:
    """An InferenceService ``iris``; ``ready`` is the status of its Ready condition."""
    conditions = [{"type": "Ready", "status": ready}] if ready else []
    conditions += status.pop("conditions", [])
    return Obj(
        {
            "kind": "InferenceService",
            "metadata": {
                "name": "iris",
                "uid": "service-uid",
                "creationTimestamp": born or ago(hours=1),
                "annotations": annotations or {},
                **status.pop("metadata", {}),
            },
            "spec": status.pop(
                "spec",
                {"predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://b/m"}}},
            ),
            "status": {"deploymentMode": mode, "conditions": conditions, **status},
        }
    )


def seen(
    root: Obj,
    members: Mapping[Kind, list[Obj]],
    *,
    at: datetime = NOW,
    gaps: Mapping[Kind, Gap] | None = None,
    health: Health | None = None,
) -> Snapshot:
    """An InferenceService with its members, as somebody sees it."""
    return Snapshot(
        kind=INFERENCE_SERVICE,
        root=root,
        members=members,
        gaps=gaps or {},
        health=health or Health(Freshness.LIVE, at),
        taken=at,
    )


def pod(
    name: str = "p1",
    *,
    ready: bool = False,
    version: str = "v1",
    component: str = "predictor",
    containers: list[dict[str, Any]] | None = None,
    conditions: list[dict[str, Any]] | None = None,
    born: str = "",
    **status: Any,
) -> dict[str, Any]:
    """A pod of iris."""
    return {
        "metadata": {
            "name": name,
            "uid": f"{name}-uid",
            "creationTimestamp": born or ago(minutes=5),
            "labels": {TEMPLATE: version, "component": component},
        },
        "spec": {"containers": [{"name": "kserve-container", "image": "kserve/sklearnserver:v1"}]},
        "status": {
            "phase": "Running" if ready else "Pending",
            "conditions": [{"type": "Ready", "status": str(ready)}, *(conditions or [])],
            "containerStatuses": containers or [],
            **status,
        },
    }


def lent(runtime: str = "mlserver", *, ready: bool = True, **status: Any) -> dict[str, Any]:
    """A pod of a runtime of ModelMesh."""
    made = pod(f"modelmesh-serving-{runtime}-x", ready=ready, **status)
    made["metadata"]["labels"] = {
        "modelmesh-service": "modelmesh-serving",
        "name": f"modelmesh-serving-{runtime}",
        TEMPLATE: "v1",
    }
    names = ("rest-proxy", runtime, f"{runtime}-adapter", "mm")
    made["spec"]["containers"] = [{"name": name, "image": f"kserve/{name}:v1"} for name in names]
    return made


def container(name: str = "kserve-container", **status: Any) -> dict[str, Any]:
    """The status of a container."""
    return {"name": name, "ready": False, "restartCount": 0, "state": {}, **status}


def crashed(code: int = 1, reason: str = "Error", **more: Any) -> dict[str, Any]:
    """A container that waits before it is started again."""
    return container(
        restartCount=4,
        state={"waiting": {"reason": "CrashLoopBackOff"}},
        lastState={"terminated": {"exitCode": code, "reason": reason, **more}},
    )


def event(reason: str, message: str, *, uid: str = "p1-uid", kind: str = "Pod", name: str = "p1") -> Obj:
    """A warning of a minute ago."""
    return Obj(
        {
            "type": "Warning",
            "reason": reason,
            "message": message,
            "involvedObject": {"kind": kind, "name": name, "uid": uid},
            "lastTimestamp": ago(minutes=1),
        }
    )


def of(
    member: Obj,
    *pods: dict[str, Any],
    deployments: tuple[dict[str, Any], ...] = (),
    revisions: tuple[dict[str, Any], ...] = (),
    events: tuple[Obj, ...] = (),
    lent: tuple[dict[str, Any], ...] = (),
    reported: datetime | None = None,
) -> ServiceSnapshot:
    """The family. ``lent`` are the pods of ModelMesh's runtimes in the namespace."""
    return service_snapshot(
        member,
        {
            RUNTIME_POD: map(Obj, lent),
            POD: map(Obj, pods),
            DEPLOYMENT: map(Obj, deployments),
            REVISION: map(Obj, revisions),
            EVENT: events,
        },
        reported=reported,
    )
