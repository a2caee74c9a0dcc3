"""What tests of the whole app share: a demo cluster, the app on a port, and personas that talk to it."""

from collections.abc import AsyncIterator

import pytest

from modelsweb.config import AuthConfig, Config, WebConfig
from tests.running import App, running_app


@pytest.fixture
async def app() -> AsyncIterator[App]:
    """The app with reviews on, under /models, in front of a demo cluster without services."""
    config = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.0))
    async with running_app(config) as found:
        yield found
