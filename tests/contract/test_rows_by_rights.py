"""What a list tells of a service is what its page tells to the same user, whatever they may see beside it."""

import json
from contextlib import AsyncExitStack

import pytest

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import DEPLOYMENT, EVENT, INFERENCE_SERVICE, POD
from modelsweb.objects.kind import Kind
from tests.contract.cluster import Cluster, let_read
from tests.running import Person, running_app
from tests.sample_objects import service
from tests.waiting import until

CONFIG = Config(web=WebConfig(secure_cookies=False, port=0, prefix=""), auth=AuthConfig(cache_seconds=0.0))


async def _told(person: Person, namespace: str) -> list[tuple[str, str]]:
    """The status in the list and on the page, each with its sentence."""
    rows = json.loads((await person.get(f"/n/{namespace}/services.json")).text)["rows"]
    page = json.loads((await person.get(f"/n/{namespace}/services/iris.json")).text)
    found = [(row["status"], row["cause"] or "") for row in rows]
    return [*found, (page["head"]["status"], page["cause"] or "")]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), "unknown"),
        ((EVENT,), "unknown"),
        ((POD,), "ready"),
        ((POD, EVENT), "ready"),
        ((DEPLOYMENT,), "ready"),
    ],
    ids=lambda given: "-".join(kind.plural for kind in given) if isinstance(given, tuple) else given,
)
async def test_a_row_says_what_the_page_says(
    cluster: Cluster, kinds: tuple[Kind, ...], expected: str
) -> None:
    await let_read(cluster, "ana@example.com", *kinds, INFERENCE_SERVICE)
    await cluster.client.create(INFERENCE_SERVICE, service("iris"), namespace=cluster.namespace)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(CONFIG, connection=cluster.connection))
        ana = await stack.enter_async_context(app.person("ana@example.com"))

        async def is_told() -> bool:
            told = await _told(ana, cluster.namespace)
            return len(told) == 2 and told[0][0] == told[1][0] == expected and told[0] == told[1]

        await until(is_told)
