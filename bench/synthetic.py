"""An API server of the bench's own with very many services: ``python -m bench.synthetic COUNT KUBECONFIG [mixed]``.

With ``mixed`` a quarter each are services, LLM services, graphs and trained models. It is the demo's, without its controllers, so that its objects need no etcd. Speaks lines of JSON: prints
``{"open": 0}`` once it listens; a line ``{"changes": N, "per_second": R, "seen": S}`` changes N services at that rate, a
share S of them among the first 50 of the list of all, and it answers ``{"sent": [[number, monotonic time]…]}`` with when
it did what those can see. It ends with its standard input.
"""

import asyncio
import itertools
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from bench import cluster
from modelsweb.clock import SystemClock
from modelsweb.demo import cluster as demo
from modelsweb.demo.apiserver.app import ApiServer
from modelsweb.demo.apiserver.resource import Resource
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, TRAINED_MODEL

PER_NAMESPACE = 1_000
FIRST_PAGE = 50
MIXED = (INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, INFERENCE_GRAPH, TRAINED_MODEL)


async def main(count: int, kubeconfig: Path, *, is_mixed: bool = False) -> None:
    """Serves until its input ends."""
    clock = SystemClock()
    async with demo.running(clock, port=0, with_services=False, with_simulator=False) as found:
        found.write_kubeconfig(kubeconfig)
        kinds = MIXED if is_mixed else (INFERENCE_SERVICE,)
        resources = [
            next(
                one for one in found.server.registry if one.kind == kind.kind and one.version == kind.version
            )
            for kind in kinds
        ]
        stored = [
            (resource, _put(found.server, resource, number))
            for number, resource in zip(range(count), itertools.cycle(resources), strict=False)
        ]
        print(json.dumps({"open": 0}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            sent = await _change(found.server, stored=stored, asked=asked)
            print(json.dumps({"sent": sent}), flush=True)


def _put(server: ApiServer, resource: Resource, number: int) -> dict[str, Any]:
    namespace, name = f"bench-{number // PER_NAMESPACE}", f"model-{number % PER_NAMESPACE:05}"
    if number % PER_NAMESPACE == 0:
        spaces = next(one for one in server.registry if one.kind == "Namespace")
        metadata = {"name": namespace}
        server.storage.insert(spaces, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    made = cluster.manifest(name, number)
    made["metadata"]["namespace"] = namespace
    status = cluster.status(name, namespace, number)
    if resource.kind != INFERENCE_SERVICE.kind:
        service = f"model-{number % PER_NAMESPACE // len(MIXED) * len(MIXED):05}"
        made |= {"apiVersion": f"{resource.group}/{resource.version}", "kind": resource.kind}
        made["spec"] = _spec(resource.kind, name, service=service)
    return server.storage.insert(resource, {**made, "status": status})


def _spec(kind: str, name: str, *, service: str) -> dict[str, Any]:
    """Of an object that is no service; ``service`` is one of its namespace."""
    if kind == INFERENCE_GRAPH.kind:
        steps = [{"serviceName": service, "name": f"step-{index}"} for index in range(4)]
        return {"nodes": {"root": {"routerType": "Sequence", "steps": steps}}}
    if kind == TRAINED_MODEL.kind:
        model = {"storageUri": f"s3://models/{name}", "framework": "sklearn", "memory": "1Gi"}
        return {"inferenceService": service, "model": model}
    env = [{"name": f"SETTING_{index}", "value": f"value-{index}"} for index in range(12)]
    return {
        "model": {"uri": f"hf://org/{name}", "name": name},
        "replicas": 2,
        "router": {"gateway": {}, "route": {}, "scheduler": {}},
        "template": {"containers": [{"name": "main", "env": env}]},
    }


async def _change(
    server: ApiServer, *, stored: list[tuple[Resource, dict[str, Any]]], asked: dict[str, Any]
) -> list[tuple[int, float]]:
    chosen, started, sent = random.Random(1), time.monotonic(), []
    failed = range(0, len(stored), cluster.FAILED_ARE)  # they come first, by name and then by namespace
    first = sorted(failed, key=lambda place: (place % PER_NAMESPACE, place))[:FIRST_PAGE]
    others = sorted(set(range(len(stored))) - set(first))
    for step in range(1, asked["changes"] + 1):
        is_seen = chosen.random() < asked["seen"]
        place = chosen.choice(first if is_seen else others)
        resource, before = stored[place]
        url = f"http://changed.example.com/{step}"
        after = {**before, "metadata": dict(before["metadata"]), "status": {**before["status"], "url": url}}
        stored[place] = resource, server.storage.update(resource, after, before=before)
        if is_seen:
            sent.append((step, time.monotonic()))
        await asyncio.sleep(max(0.0, started + step / asked["per_second"] - time.monotonic()))
    return sent


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), is_mixed=sys.argv[3:] == ["mixed"]))
