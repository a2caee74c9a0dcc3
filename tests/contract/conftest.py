"""Each contract test runs on the demo cluster and, with ``-m real``, on the real control plane."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.cluster import Cluster, contract


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.real)])
async def cluster(request: pytest.FixtureRequest) -> AsyncIterator[Cluster]:
    """A cluster with an empty namespace."""
    async with contract(request.param) as found:
        yield found
