"""The API server is away: at the start, and later."""

from contextlib import AsyncExitStack
from dataclasses import replace

from tests.contract.cluster import proxied
from tests.running import NAMESPACE, App, message_with, running_app
from tests.waiting import until

from modelsweb.config import AuthConfig, Config, WebConfig

LIST = f"/n/{NAMESPACE}/services"
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(is_disabled=True))


async def test_an_outage_is_said_and_the_rows_stay(app: App) -> None:
    await app.add("iris")
    async with AsyncExitStack() as stack:
        connection, proxy = await stack.enter_async_context(proxied(app.demo.connection))
        other = await stack.enter_async_context(running_app(CONFIG, connection=connection))
        async with other.person(None) as anybody:

            async def state() -> str:
                page = (await anybody.get(LIST)).text
                assert page.count("</html>") == 1
                return page.partition('data-state="')[2].partition('"')[0]

            async def is_live() -> bool:
                return await state() == "live" and "iris" in (await anybody.get(LIST)).text

            async def is_stale() -> bool:
                return await state() == "stale"

            await until(is_live)
            proxy.cut()
            await until(is_stale)
            page = await anybody.get(LIST)
            assert "iris" in page.text
            assert "The cluster is not responding" in page.text
            proxy.mend()
            await until(is_live)


async def test_open_pages_say_so_and_recover(app: App) -> None:
    """With reviews that are not remembered, so that the outage reaches the rights too."""
    await app.add("iris")
    config = replace(app.config, auth=replace(app.config.auth, cache_seconds=0))
    async with AsyncExitStack() as stack:
        connection, proxy = await stack.enter_async_context(proxied(app.demo.connection))
        other = await stack.enter_async_context(running_app(config, connection=connection))
        bob = await stack.enter_async_context(other.bob)
        answer = await stack.enter_async_context(bob.stream(f"{LIST}/-/live"))
        await message_with(answer, "iris")
        proxy.cut()
        said = await message_with(answer, 'data-state="stale"')
        assert "The cluster is not responding" in said
        proxy.mend()
        assert "The cluster is not responding" not in await message_with(answer, 'data-state="live"')


async def test_the_app_starts_without_a_cluster_and_recovers(app: App) -> None:
    await app.add("iris")
    async with proxied(app.demo.connection) as (connection, proxy):
        proxy.cut()
        async with running_app(CONFIG, connection=connection) as other, other.person(None) as anybody:
            assert (await anybody.get("/healthz/liveness")).status == 200
            assert (await anybody.get("/healthz/readiness")).status == 503
            page = await anybody.get(LIST)
            assert page.status == 200
            assert "Cluster data has not been loaded yet" in page.text
            proxy.mend()
            await other.ready()
            assert "iris" in (await anybody.get(LIST)).text
