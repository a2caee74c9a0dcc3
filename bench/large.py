"""What a service with very many events or pods costs: ``python -m bench.large`` (part of ``make bench``).

Its list and its page are open once. Events come to services that have a hundred and ten thousand of them, and pods change
of one that has five hundred. Counted is the CPU of the app above what it takes while nothing happens.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
from tests.controlplane import plane as control_plane

from bench import cluster, measure
from bench.cluster import FIRST
from bench.measure import App, Report, cpu_seconds
from modelsweb.kinds import EVENT, INFERENCE_SERVICE, POD
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind

SECONDS = 60
IDLE_SECONDS = 20
FEW, MANY, PODS = 100, 10_000, 500
EVENTS_PER_SECOND = 20
PODS_PER_SECOND = 5
_AT_ONCE = 16
_SETTLE_SECONDS = 5
_NAMES = ("model-00001", "model-00002", "model-00003")
_ACCOUNT = Kind(group="", version="v1", kind="ServiceAccount", plural="serviceaccounts")
_LABEL = "serving.kserve.io/inferenceservice"


def main() -> int:
    """Runs everything on a control plane of its own, without controllers."""
    report = Report()
    plane = control_plane.start(with_controllers=False)
    try:
        asyncio.run(_run(report))
    finally:
        plane.stop()
    return report.end()


async def _run(report: Report) -> None:
    await cluster.prepare()
    await cluster.fill(FIRST, range(10))
    few, many, large = _NAMES
    async with cluster.client() as client:
        uids = {name: await _uid(client, name) for name in _NAMES}
        await _all(_event(client, few, uids[few], number) for number in range(FEW))
        await _all(_event(client, many, uids[many], number) for number in range(MANY))
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        await client.create(_ACCOUNT, account, namespace=FIRST)  # no controller makes it here
        await _all(_pod(client, large, number) for number in range(PODS))
        report.heading(f"Services with {FEW} and {MANY} events, and with {PODS} pods; {SECONDS} s each")
        shares = {}
        for name in (few, many):
            with measure.app() as app:
                shares[name] = await _share(app, name, EVENTS_PER_SECOND, _events(client, name, uids[name]))
        with measure.app() as app:
            pods = await _share(app, large, PODS_PER_SECOND, _pods(client, large))
    report.add(f"CPU above idle, {EVENTS_PER_SECOND} events/s to one with {FEW}", 100 * shares[few], "%")
    report.add(
        f"CPU above idle, {EVENTS_PER_SECOND} events/s to one with {MANY}", 100 * shares[many], "%", maximum=5
    )
    report.add(
        "the second costs so many times the first", shares[many] / max(shares[few], 0.001), "x", maximum=2
    )
    report.add(f"CPU above idle, {PODS_PER_SECOND} pod changes/s, {PODS} pods", 100 * pods, "%", maximum=5)


async def _share(app: App, name: str, per_second: float, changes: Any) -> float:
    """The part of a core that changes take, with list and page open, above what nothing takes."""
    async with aiohttp.ClientSession(
        headers=app.headers, timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        paths = (f"/n/{FIRST}/services/-/live", f"/n/{FIRST}/services/{name}/live")
        viewers = [asyncio.create_task(_follow(session, app.address + path)) for path in paths]
        await asyncio.sleep(_SETTLE_SECONDS)
        idle = await _while(app, asyncio.sleep(IDLE_SECONDS), IDLE_SECONDS)
        busy = await _while(app, _paced(changes, per_second), SECONDS)
        for viewer in viewers:
            viewer.cancel()
            with suppress(asyncio.CancelledError):
                await viewer
    return busy - idle


async def _follow(session: aiohttp.ClientSession, url: str) -> None:
    async with session.get(url) as answer:
        assert answer.status == 200, answer.status
        async for _ in answer.content.iter_any():
            pass


async def _while(app: App, work: Any, seconds: float) -> float:
    before = cpu_seconds(app.pid)
    await work
    return (cpu_seconds(app.pid) - before) / seconds


async def _paced(changes: Any, per_second: float) -> None:
    """Makes changes at a steady rate for a while."""
    started = time.monotonic()
    for number in range(round(SECONDS * per_second)):
        await changes(number)
        await asyncio.sleep(max(0.0, started + (number + 1) / per_second - time.monotonic()))


def _events(client: KubeClient, name: str, uid: str) -> Any:
    async def make(number: int) -> None:
        await _event(client, name, uid, MANY + number)

    return make


def _pods(client: KubeClient, name: str) -> Any:
    async def change(number: int) -> None:
        body = {"metadata": {"annotations": {"changed": str(number)}}}
        await client.patch(POD, body, namespace=FIRST, name=f"{name}-pod-{number % PODS}")

    return change


async def _uid(client: KubeClient, name: str) -> str:
    found = await client.get(INFERENCE_SERVICE, namespace=FIRST, name=name)
    return str(found["metadata"]["uid"])


async def _all(work: Any) -> None:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(step: Any) -> None:
        async with at_once:
            await step

    await asyncio.gather(*map(one, work))


async def _event(client: KubeClient, name: str, uid: str, number: int) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.{number:06}"},
        "type": "Warning",
        "reason": "UpdateFailed",
        "message": f"attempt {number}: the object has been modified",
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "involvedObject": {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "name": name,
            "namespace": FIRST,
            "uid": uid,
        },
        "source": {"component": "bench"},
    }
    await client.create(EVENT, body, namespace=FIRST)


async def _pod(client: KubeClient, name: str, number: int) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-pod-{number}",
            "labels": {_LABEL: name, "component": "predictor", "pod-template-hash": "5d8c6b7f9"},
        },
        "spec": {
            "containers": [
                {
                    "name": "kserve-container",
                    "image": "example/server:1",
                    "env": [{"name": f"SETTING_{index}", "value": "a value" * 4} for index in range(20)],
                }
            ]
        },
    }
    await client.create(POD, body, namespace=FIRST)
    status = {
        "status": {
            "phase": "Running",
            "conditions": [
                {"type": type_, "status": "True"} for type_ in ("Ready", "PodScheduled", "Initialized")
            ],
        }
    }
    await client.patch(POD, status, namespace=FIRST, name=f"{name}-pod-{number}", subresource="status")


if __name__ == "__main__":
    raise SystemExit(main())
