"""What a program pays that asks the API server itself: the reference of the other figures."""

import asyncio
import time

import msgspec

from bench import cluster
from bench.cluster import FIRST
from bench.measure import cpu_seconds
from modelsweb.kinds import INFERENCE_SERVICE

_LISTS = 10


def list_cpu(api: int) -> float:
    """CPU of the API server (its process) and of a client that decodes, for one list of the first namespace, in milliseconds."""

    async def lists() -> None:
        async with cluster.client() as found:
            for _ in range(_LISTS):
                body = await found.request("GET", INFERENCE_SERVICE.path(FIRST), seconds=60)
                msgspec.json.decode(body)

    asyncio.run(lists())
    own, server = time.process_time(), cpu_seconds(api)
    asyncio.run(lists())
    return (time.process_time() - own + cpu_seconds(api) - server) / _LISTS * 1000
