"""Recordings of the real controllers, and of our simulator, in one comparable form.

A story is what happened in one scenario: the objects with their labels, annotations and owners, the values that each
condition went through, and the events. Names made at random are replaced, so two runs can be compared.
"""

import asyncio
import gzip
import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tests.waiting import until

from modelsweb.clock import SystemClock, parse_time
from modelsweb.demo import cluster as demo_cluster
from modelsweb.demo.simulator import kinds
from modelsweb.kinds import INFERENCE_SERVICE, NAMESPACE, POD
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient, Propagation
from modelsweb.objects.kind import Kind

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recordings"
PACE = 0.15

KINDS: dict[str, Kind] = {
    "inferenceservices": INFERENCE_SERVICE,
    "llminferenceservices": kinds.LLM_INFERENCE_SERVICE,
    "inferencegraphs": kinds.INFERENCE_GRAPH,
    "trainedmodels": kinds.TRAINED_MODEL,
    "servingruntimes": kinds.SERVING_RUNTIME,
    "deployments": kinds.DEPLOYMENT,
    "replicasets": kinds.REPLICA_SET,
    "pods": POD,
    "services": kinds.SERVICE,
    "horizontalpodautoscalers": kinds.AUTOSCALER,
    "ingresses": kinds.INGRESS,
    "ksvc": kinds.KNATIVE_SERVICE,
    "configurations": kinds.CONFIGURATION,
    "revisions": kinds.REVISION,
    "routes": kinds.ROUTE,
    "virtualservices": kinds.VIRTUAL_SERVICE,
    "events": kinds.EVENT,
}
_SIZE = "/7b"
_NOISE = re.compile(
    r"the object has been modified"
    r"|v1(alpha2pool)?\.(Secret|ServiceAccount|Role|RoleBinding|ClusterRoleBinding|HTTPRoute|InferencePool) "  # it makes none
    r"|Startup probe failed"  # its servers answer the first one
)


@dataclass
class Story:
    """One scenario, reduced to what can be compared."""

    objects: set[str] = field(default_factory=set)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    annotations: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    conditions: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """For each object and condition, the values it went through, without repeats."""
    severities: dict[str, str] = field(default_factory=dict)
    states: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """modelStatus, and the states of containers, likewise."""
    events: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Seen:
    """One watch event."""

    resource: str
    type: str
    object: dict[str, Any]


def recorded(scenario: str, *, seconds: float) -> list[Seen]:
    """The recording, up to so many seconds after its start: the rest is the tearing down."""
    found, start = [], None
    with gzip.open(FOLDER / scenario / "watch.jsonl.gz", "rt") as file:
        for line in file:
            entry = json.loads(line)
            at = parse_time(entry["time"])
            assert at is not None
            start = start or at
            if (at - start).total_seconds() <= seconds and entry["resource"] in KINDS:
                found.append(Seen(entry["resource"], entry["type"], entry["object"]))
    return found


async def simulated(scenario: str, wanted: Story, step: str = "", *, unfinished: str = "") -> list[Seen]:
    """The same input on the demo cluster, watched through its API, until it got where the recording did.

    ``step`` (stop or delete) is done once the service is ready. What is not reached in time shows as a difference. How the object
    called ``unfinished`` ends is not waited for.
    """
    found: list[Seen] = []
    documents = [one for one in yaml.safe_load_all((FOLDER / scenario / "input.yaml").read_text()) if one]
    name = documents[0]["metadata"]["name"]
    if step == "stop":
        del documents[0]["metadata"]["annotations"]["serving.kserve.io/stop"]  # the file has the end state
    if scenario == "standard-oomkilled":
        # The simulated world knows from its name how much memory a model needs; _renamer takes the size off again.
        documents[0]["spec"]["predictor"]["model"]["storageUri"] += _SIZE
    of_kind = {kind.kind: kind for kind in KINDS.values()}
    async with (
        demo_cluster.running(SystemClock(), with_services=False, pace=PACE) as demo,
        KubeClient(demo.connection) as client,
    ):
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": scenario}}
        await client.create(NAMESPACE, body)
        live: set[str] = set()
        watchers = [
            asyncio.ensure_future(_collect(client, name, kind, scenario, found, live))
            for name, kind in KINDS.items()
        ]
        try:
            await until(lambda: live == set(KINDS))
            for document in documents:
                kind = of_kind[document["kind"]].at(document["apiVersion"])
                assert kind is not None
                await client.create(kind, document, namespace=scenario)
            if step:
                await until(lambda: _is_loaded(story(found)))
                await _do(client, scenario, name, step)
            with suppress(AssertionError):
                await until(
                    lambda: (
                        _ends_alike(story(found), wanted, unfinished)
                        or (step == "delete" and _is_gone(found))
                    )
                )
        finally:
            for watcher in watchers:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
    return found


def _is_loaded(told: Story) -> bool:
    return any(values[-1] == "UpToDate/Loaded/Loaded" for values in told.states.values())


def _is_gone(found: list[Seen]) -> bool:
    return any(one.resource == "inferenceservices" and one.type == "DELETED" for one in found)


def _ends_alike(told: Story, wanted: Story, unfinished: str) -> bool:
    mine, theirs = {**told.conditions, **told.states}, {**wanted.conditions, **wanted.states}
    return (
        told.objects >= wanted.objects
        and len(told.events) >= len(wanted.events)
        and all(
            (unfinished and f"/{unfinished}" in key and values[-1] in mine.get(key, ()))
            or mine.get(key, [""])[-1] == values[-1]
            for key, values in theirs.items()
        )
    )


async def _do(client: KubeClient, namespace: str, name: str, step: str) -> None:
    if step == "delete":
        await client.delete(
            INFERENCE_SERVICE, namespace=namespace, name=name, propagation=Propagation.FOREGROUND
        )
        return
    value = "true" if step == "stop" else "false"
    change = {"metadata": {"annotations": {"serving.kserve.io/stop": value}}}
    await client.patch(INFERENCE_SERVICE, change, namespace=namespace, name=name)


async def _collect(
    client: KubeClient, name: str, kind: Kind, namespace: str, found: list[Seen], live: set[str]
) -> None:
    known: set[str] = set()
    async for change in follow.follow(client, kind, clock=SystemClock(), namespace=namespace):
        match change:
            case follow.Replaced():
                live.add(name)
            case follow.Put(item):
                type_ = "MODIFIED" if item.uid in known else "ADDED"
                known.add(item.uid)
                found.append(Seen(name, type_, json.loads(item.raw)))
            case follow.Removed(item):
                found.append(Seen(name, "DELETED", json.loads(item.raw)))


def story(seen: list[Seen]) -> Story:
    """What happened."""
    told = Story()
    rename = _renamer(seen)
    for entry in seen:
        obj, metadata = entry.object, entry.object["metadata"]
        if entry.resource == "events":
            if not _NOISE.search(obj["message"]):
                _tell_event(told, obj, rename)
            continue
        key = f"{entry.resource}/{rename(metadata['name'])}"
        told.objects.add(key)
        told.labels[key] = {k: rename(v) for k, v in (metadata.get("labels") or {}).items()}
        told.annotations[key] = {k: rename(v) for k, v in (metadata.get("annotations") or {}).items()}
        told.owners[key] = [f"{o['kind']}/{rename(o['name'])}" for o in metadata.get("ownerReferences") or ()]
        _tell_status(told, key, obj.get("status") or {}, rename)
        if metadata.get("finalizers") or "deletionTimestamp" in metadata:
            _append(told.states[f"{key} finalizers"], ",".join(metadata.get("finalizers") or ()))
        if entry.type == "DELETED":
            _append(told.states[f"{key} finalizers"], "gone")
    return told


def _tell_event(told: Story, event: dict[str, Any], rename: Any) -> None:
    about = event["involvedObject"]
    component = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
    message = event["message"].removeprefix("(combined from similar events): ")
    what = f"{event['type']} {event['reason']}: {rename(message)}"
    told.events.add(
        f"{about['kind']}/{rename(about['name'])} {about.get('fieldPath', '')} {what} [{component}]"
    )


def _tell_status(told: Story, key: str, status: dict[str, Any], rename: Any) -> None:
    for condition in status.get("conditions") or ():
        name = f"{key} {condition['type']}"
        reason = f" {condition['reason']}" if condition.get("reason") else ""
        message = f': "{rename(condition["message"])}"' if condition.get("message") else ""
        _append(told.conditions[name], f"{condition['status']}{reason}{message}")
        told.severities[name] = condition.get("severity", "")
    model = status.get("modelStatus")
    if model:
        states = model.get("states") or {}
        value = f"{model.get('transitionStatus')}/{states.get('activeModelState')}/{states.get('targetModelState')}"
        failure = model.get("lastFailureInfo") or {}
        told_failure = (
            f" {failure.get('reason', '')} {failure.get('exitCode', '')}".rstrip() if failure else ""
        )
        _append(told.states[f"{key} modelStatus"], value + told_failure)
    for group in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(group) or ():
            if "state" in container:
                _append(told.states[f"{key} {container['name']}"], _state(container["state"]))


def _state(state: dict[str, Any]) -> str:
    for name, inner in state.items():
        extra = " ".join(str(inner[key]) for key in ("reason", "exitCode") if key in inner)
        return f"{name} {extra}".strip()
    return "none"


def _append(values: list[str], value: str) -> None:
    if not values or values[-1] != value:
        values.append(value)


def _renamer(seen: list[Seen]) -> Any:
    """Replaces what is made at random: hashes of pod templates, suffixes of pods, uids, addresses, digests, sizes."""
    pairs: dict[str, str] = {}
    for entry in seen:
        metadata = entry.object["metadata"]
        digest = (metadata.get("labels") or {}).get("pod-template-hash")
        if digest:
            pairs.setdefault(digest, f"HASH{sum(v.startswith('HASH') for v in pairs.values()) + 1}")
        if entry.resource == "pods":
            suffix = metadata["name"].rpartition("-")[2]
            pairs.setdefault(suffix, f"POD{sum(v.startswith('POD') for v in pairs.values()) + 1}")
        if "uid" in metadata:
            pairs.setdefault(metadata["uid"], "UID")

    def rename(text: str) -> str:
        text = text.replace(f"model{_SIZE}", "model")
        for old, new in pairs.items():
            text = text.replace(old, new)
        text = re.sub(r"worker-\d", "NODE", text)
        text = re.sub(r"\d/\d nodes are available: \d|: \d Preemption|\b\d/\d nodes", "N/N nodes", text)
        text = re.sub(r"Image size: \d+", "Image size: SIZE", text)
        text = text.replace("default-storage-initilizer:replace", "kserve/storage-initializer:latest")
        text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:]+Z", "TIME", text)
        return re.sub(r"sha256:[0-9a-f]{64}", "sha256:DIGEST", text)

    return rename
