"""A plain watch of the API server, as a reference: ``python -m bench.raw_watch KUBECONFIG``.

Speaks as ``bench.viewers`` does: ``{"open": 0}`` once it watches, and on a line of input the arrivals by sequence number.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench import cluster
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import WatchEvent

_SEQUENCE = re.compile(rb"example\.com/(\d+)\"")


async def main(kubeconfig: Path) -> None:
    """Watches all InferenceServices from now on."""
    arrivals: dict[int, list[float]] = {}
    async with cluster.client(kubeconfig) as client:
        page = await client.list_page(INFERENCE_SERVICE, limit=1)
        version = page.metadata.resourceVersion
        async with client.watch(INFERENCE_SERVICE, resource_version=version) as events:
            print(json.dumps({"open": 0}), flush=True)
            reading = asyncio.create_task(_read(events, arrivals))
            await asyncio.to_thread(sys.stdin.readline)
            reading.cancel()
    print(json.dumps({"arrivals": sorted(arrivals.items())}), flush=True)


async def _read(events: AsyncIterator[WatchEvent], arrivals: dict[int, list[float]]) -> None:
    async for event in events:
        found = _SEQUENCE.search(bytes(event.object))
        if found and int(found[1]):
            arrivals.setdefault(int(found[1]), [time.monotonic()])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
