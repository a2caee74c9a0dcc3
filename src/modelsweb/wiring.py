"""The composition root: from settings to a running app, and back down in the right order.

The API server may be away at the start: the stores keep trying, the pages say so, and readiness waits. On a signal the
open streams are told first, so that the server does not wait for them.
"""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from modelsweb.clock import Clock, SystemClock
from modelsweb.config import Config, ConfigError, MetricsConfig
from modelsweb.diagnosis.reports import Reports
from modelsweb.gateway.access import Access
from modelsweb.gateway.audit import Strangers
from modelsweb.gateway.authorization import Authorization
from modelsweb.gateway.inventory import Inventory
from modelsweb.gateway.logs import LogReader
from modelsweb.gateway.metrics import MetricsReader
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.gateway.raw_reader import RawReader
from modelsweb.gateway.reader import Reader
from modelsweb.gateway.schemas import SchemaReader
from modelsweb.gateway.writer import Writer
from modelsweb.kinds import (
    INFERENCE_SERVICE,
    KINDS,
    LLM_INFERENCE_SERVICE,
    MODEL_SERVICES,
    POD,
    ROOTS,
    RUNTIME_POD,
)
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection, from_kubeconfig, in_cluster
from modelsweb.objects.freshness import Freshness
from modelsweb.objects.kind import Kind
from modelsweb.prometheus.client import Prometheus
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.events import make_stores
from modelsweb.store.history import History
from modelsweb.store.logs import Logs
from modelsweb.store.owners import Owners
from modelsweb.store.projection import Neighbours, Projection
from modelsweb.store.recently_deleted import RecentlyDeleted
from modelsweb.store.store import Store
from modelsweb.topology.neighbours import LEANS_ON_SERVICES, evidence_of
from modelsweb.topology.service_snapshot import EVIDENCE
from modelsweb.viewmodels.components.grafana import PanelError, PanelPlan, parse_plans, usual_plans
from modelsweb.viewmodels.components.llm_row import LlmRows
from modelsweb.viewmodels.components.object_row import ObjectRows
from modelsweb.viewmodels.components.service_row import Rows, ServiceRow
from modelsweb.web.app import build
from modelsweb.web.channel import Channels
from modelsweb.web.instrumentation import Counts, Instrumentation, WatchState
from modelsweb.web.middleware.request_timeout import with_request_timeout
from modelsweb.web.rendering import Renderer
from modelsweb.web.site import Site
from modelsweb.web.sse import Streams

log = logging.getLogger(__name__)

_GRACEFUL_SECONDS = 1
_KEEP_ALIVE_SECONDS = 3_660
"""Longer than a gateway keeps an idle connection (Envoy: an hour): one that is closed just now would break a request."""
_SYNC_CHECK_SECONDS = 0.2
_COLLECT_AFTER = (2_000, 20, 500)
"""Python's own is (700, 10, 10): the oldest objects are walked every 20 million new ones instead of every 70,000."""
_REFUSAL_SECONDS = 1.0
DEMO_BANNER = "demo"


def connect(config: Config) -> Connection:
    """The cluster that we run in, else the kubeconfig's. Raises ConnectionConfigError."""
    if config.cluster.service_host and not config.cluster.kubeconfig:
        return in_cluster(config.cluster.service_host, config.cluster.service_port)
    return from_kubeconfig(config.cluster.kubeconfig or None, config.cluster.context or None)


def overridden(
    config: Config, *, port: int | None = None, kubeconfig: str | None = None, context: str | None = None
) -> Config:
    """The settings with what was said on the command line."""
    if port is not None:
        config = replace(config, web=replace(config.web, port=port))
    if kubeconfig is not None:
        config = replace(config, cluster=replace(config.cluster, kubeconfig=kubeconfig))
    if context is not None:
        config = replace(config, cluster=replace(config.cluster, context=context))
    return config


def demo_config(config: Config) -> Config:
    """A demo is for one person on one machine: no prefix, no proxy that names users, plain http, and no Grafana."""
    return replace(
        config,
        web=replace(config.web, prefix="", secure_cookies=False),
        auth=replace(config.auth, is_disabled=True),
        metrics=replace(config.metrics, grafana_prefix=""),
    )


@asynccontextmanager
async def running(
    config: Config, connection: Connection, *, clock: Clock, closing: asyncio.Event, banner: str = ""
) -> AsyncIterator[ASGIApp]:
    """The ASGI app with its stores at work, for as long as the context lasts."""
    panels = _panels(config.metrics)
    stores = make_stores((kind for kind in KINDS if kind.watched), clock, namespaces=config.auth.namespaces)
    async with (
        KubeClient(connection) as client,
        _prometheus(config.metrics) as prometheus,
        asyncio.TaskGroup() as group,
    ):
        rate_limit = _rate_limit(config, clock)
        access = Access(
            client,
            clock,
            cache_seconds=config.auth.cache_seconds,
            namespaces=config.auth.namespaces,
            spend=rate_limit.spend,
        )
        recently_deleted = RecentlyDeleted(stores, INFERENCE_SERVICE, clock=clock)
        Owners(stores)  # lives on in what it listens to
        reports, children = Reports(), ChildReader(stores)
        projection = Projection(
            stores, INFERENCE_SERVICE, of=EVIDENCE, make=Rows(reports), clock=clock, children=children
        )
        projections: dict[Kind, Projection[Any]] = {
            kind: Projection(
                stores,
                kind,
                of=evidence_of(kind),
                make=LlmRows(reports) if kind is LLM_INFERENCE_SERVICE else ObjectRows(reports),
                clock=clock,
                children=children,
                neighbours=_neighbours(kind, projection),
            )
            for kind in ROOTS
            if kind is not INFERENCE_SERVICE
        }
        projections[INFERENCE_SERVICE] = projection
        authorization = Authorization(access, stores, main=MODEL_SERVICES, clock=clock)
        logs = Logs(client, (stores[POD], stores[RUNTIME_POD]), clock=clock)
        channels = Channels(clock, rate_limit)
        instrumentation = Instrumentation()
        site = Site(
            config=config,
            authorization=authorization,
            reader=Reader(
                access,
                stores,
                projections=projections,
                children=children,
                recently_deleted={INFERENCE_SERVICE: recently_deleted},
                authorization=authorization,
                clock=clock,
            ),
            raw=RawReader(
                access,
                stores,
                authorization=authorization,
                history=History(stores[kind] for kind in ROOTS),
            ),
            channels=channels,
            streams=Streams(config.web.max_streams),
            instrumentation=instrumentation,
            rate_limit=rate_limit,
            strangers=Strangers(clock),
            reports=reports,
            writer=Writer(access, client, impersonates=config.auth.impersonate),
            logs=LogReader(access, client, logs=logs),
            metrics=MetricsReader(
                access, prometheus, clock=clock, scrape_seconds=config.metrics.scrape_seconds
            ),
            schemas=SchemaReader(client, clock=clock),
            inventory=Inventory(access, client, clock=clock),
            panels=panels,
            clock=clock,
            renderer=Renderer(),
            closing=closing,
            banner=banner,
        )
        calm = _calm_collector(site)
        work = [
            calm,
            *(store.run(client) for store in stores.values()),
            *(one.run() for one in projections.values()),
            channels.run(),
            logs.run(),
        ]
        tasks = [group.create_task(one) for one in work]
        stop = _serve_metrics(site, stores, access=access, logs=logs)
        try:
            yield build(site)
        finally:
            closing.set()
            stop()
            for task in tasks:
                task.cancel()


def _neighbours(kind: Kind, services: Projection[ServiceRow]) -> Neighbours[ServiceRow] | None:
    names = LEANS_ON_SERVICES.get(kind)
    return None if names is None else Neighbours(services, names, lambda row: row.status.value)


def _rate_limit(config: Config, clock: Clock) -> RateLimit:
    web = config.web
    return RateLimit(
        clock,
        requests_per_second=web.requests_per_second,
        work_per_second=web.work_per_second,
        writes_per_minute=web.writes_per_minute,
        max_open=web.max_requests,
        refusal_seconds=_REFUSAL_SECONDS,
    )


@asynccontextmanager
async def _prometheus(config: MetricsConfig) -> AsyncIterator[Prometheus | None]:
    if not config.prometheus_url:
        yield None
        return
    token = Path(config.prometheus_token_file) if config.prometheus_token_file else None
    async with Prometheus(config.prometheus_url, token=token) as found:
        yield found


def _panels(config: MetricsConfig) -> tuple[PanelPlan, ...]:
    if not config.grafana_panels.strip():
        return usual_plans(config.grafana_cpu_memory, config.grafana_requests)
    try:
        return parse_plans(config.grafana_panels)
    except PanelError as error:
        raise ConfigError(f"MODELSWEB_METRICS_GRAFANA_PANELS: {error}; see docs/metrics.md.") from None


def _serve_metrics(
    site: Site, stores: Mapping[Kind, Store], *, access: Access, logs: Logs
) -> Callable[[], None]:
    """Answers Prometheus where a port is set; returns what ends that."""
    web = site.config.web
    if not web.metrics_port:
        return lambda: None

    def counts() -> Counts:
        now = site.clock.now()
        watches = []
        for kind, store in stores.items():
            is_live = store.health.freshness is Freshness.LIVE
            stale = 0.0 if is_live else (now - store.health.since).total_seconds()
            watches.append(
                WatchState(
                    kind=kind.watch_name,
                    objects=len(store),
                    is_live=is_live,
                    stale_seconds=stale,
                    left_out=store.left_out,
                )
            )
        return Counts(
            watches=tuple(watches), streams=site.streams.total, logs=len(logs), reviews=access.asked
        )

    try:
        return site.instrumentation.serve(web.host, web.metrics_port, counts=counts)
    except OSError as error:
        raise ConfigError(
            f"MODELSWEB_WEB_METRICS_PORT: port {web.metrics_port} cannot be used: {error}"
        ) from error


async def _calm_collector(site: Site) -> None:
    """What the first lists brought stays for as long as the app: the garbage collector need not walk it each time.

    With 10,000 services a full collection stops everything for a quarter of a second. What hundreds of open streams
    hold is walked seldom: each full collection is a pause that all of them see.
    """
    while not site.reader.is_synced:  # noqa: ASYNC110 - once, at the start
        await asyncio.sleep(_SYNC_CHECK_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


class Server(uvicorn.Server):
    """A uvicorn that ends open streams before it waits for open requests, and that says when it listens."""

    def __init__(
        self, config: uvicorn.Config, closing: asyncio.Event, *, listening: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._closing = closing
        self._listening = listening
        self._loop = asyncio.get_running_loop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens the port."""
        await super().startup(sockets=sockets)
        if self.started and self._listening is not None:
            self._listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: the streams go first."""
        self._loop.call_soon_threadsafe(self._closing.set)
        super().handle_exit(sig, frame)


def uvicorn_config(app: ASGIApp, config: Config) -> uvicorn.Config:
    """How the app is served."""
    return uvicorn.Config(
        app,
        host=config.web.host,
        port=config.web.port,
        http=with_request_timeout(config.web.request_seconds),
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )


async def serve(config: Config) -> None:
    """Serves the app for a cluster until a signal comes."""
    closing = asyncio.Event()
    async with running(config, connect(config), clock=SystemClock(), closing=closing) as app:
        log.info("serving on http://%s:%s%s/", config.web.host, config.web.port, config.web.prefix)
        await Server(uvicorn_config(app, config), closing).serve()


async def demo(
    config: Config,
    *,
    cluster_port: int,
    kubeconfig: Path | None,
    with_services: bool,
    announce: Callable[[str], None],
) -> None:
    """Serves the app for a demo cluster, both in this process, until a signal comes."""
    from modelsweb.demo import cluster as demo_cluster

    closing, clock = asyncio.Event(), SystemClock()

    def listening() -> None:
        announce(f"modelsweb demo: http://localhost:{config.web.port}{config.web.prefix}/")
        if kubeconfig is not None:
            announce(f"kubectl for its cluster: kubectl --kubeconfig {kubeconfig} get inferenceservices -A")

    async with demo_cluster.running(clock, port=cluster_port, with_services=with_services) as cluster:
        if kubeconfig is not None:
            cluster.write_kubeconfig(kubeconfig)
        metrics = replace(config.metrics, prometheus_url=cluster.prometheus_url)
        config = replace(config, metrics=metrics)
        async with running(
            config, cluster.connection, clock=clock, closing=closing, banner=DEMO_BANNER
        ) as app:
            await Server(uvicorn_config(app, config), closing, listening=listening).serve()
