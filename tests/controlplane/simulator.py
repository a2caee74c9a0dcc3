"""Runs our KServe and Knative controllers on the test control plane, until it is ended."""

import asyncio
import sys

from modelsweb.clock import SystemClock
from modelsweb.demo.simulator import caches, graphs, knative, kserve, llm, machinery
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import from_kubeconfig


async def main(kubeconfig: str) -> None:
    """The controllers of KServe and Knative; the cluster brings all others."""
    async with KubeClient(from_kubeconfig(kubeconfig, None)) as client:
        world = machinery.Cluster(client, SystemClock(), pace=machinery.Pace())
        controllers = [
            kserve.KserveController(world),
            *(
                make(world)
                for make in (*knative.CONTROLLERS, *llm.CONTROLLERS, *graphs.CONTROLLERS, *caches.CONTROLLERS)
            ),
        ]
        await machinery.run(world, controllers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
