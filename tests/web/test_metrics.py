"""The metrics of a service over HTTP: rights first, then figures, and always an answer."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from tests.prometheus.test_client import answering
from tests.running import App, running_app
from tests.waiting import until

from modelsweb.clock import SystemClock
from modelsweb.config import AuthConfig, Config, ConfigError, MetricsConfig, WebConfig
from modelsweb.kube.connection import Connection
from modelsweb.wiring import demo_config, running

CONFIG = Config(
    web=WebConfig(secure_cookies=False, port=0),
    auth=AuthConfig(cache_seconds=0.0),
    metrics=MetricsConfig(scrape_seconds=15),
)
METRICS = "/n/team-risk/services/fraud/metrics"


@asynccontextmanager
async def app_with(prometheus: str) -> AsyncIterator[App]:
    config = replace(CONFIG, metrics=replace(CONFIG.metrics, prometheus_url=prometheus))
    async with running_app(config) as app:
        await app.add("fraud")
        yield app


class Book:
    """A Prometheus that knows some metrics, and remembers what it was asked."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        query, start, end, step = (str(form[key]) for key in ("query", "start", "end", "step"))
        self.asked.append(query)
        times = range(int(start), int(end) + 1, int(step))
        if "by (__name__)" in query:
            labels = [{"__name__": name} for name in self.names]
        elif '"what"' in query:
            labels = [
                {"namespace": "team-risk", "service": "fraud", "what": "requests"},
                {"namespace": "kube-system", "service": "hush", "what": "requests"},
            ]
        else:
            labels = [{"class": "2xx", "revision": "fraud-predictor"}]
        result = [{"metric": one, "values": [[at, "2.5"] for at in times]} for one in labels]
        return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": result}})


async def test_figures_have_lines_where_something_exports_and_a_reason_where_not() -> None:
    book = Book("request_predict_seconds_count")
    async with answering(book.answer) as url, app_with(url) as app, app.alice as alice:
        page = await alice.get(METRICS)
        assert page.status == 200
        assert 'data-chart="requests"' in page.text
        assert 'data-chart="gpu"' not in page.text
        found = json.loads((await alice.get(f"{METRICS}/charts.json?range=15m")).text)
        charts = {one["id"]: one for one in found["charts"]}
        assert found["end"] - found["start"] == 900
        assert charts["requests"]["series"] == [{"name": "fraud-predictor", "values": [2.5] * 61}]
        assert charts["requests"]["source"] == "kserve"
        assert charts["cpu"]["series"] == []
        assert "cAdvisor" in charts["cpu"]["gap"]
        assert "tokens" not in charts
        for query in book.asked:
            assert 'namespace="team-risk"' in query
            assert "fraud-(predictor" in query

        async def is_remembered() -> bool:
            asked = len(book.asked)
            await alice.get(f"{METRICS}/charts.json?range=15m")
            return len(book.asked) == asked

        await until(is_remembered)  # a new step may begin between two requests


async def test_a_chart_is_downloaded_as_csv() -> None:
    book = Book("request_predict_seconds_count")
    async with answering(book.answer) as url, app_with(url) as app, app.alice as alice:
        answer = await alice.get(f"{METRICS}/requests.csv?range=15m")
        assert answer.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert rows[0] == ["time", "fraud-predictor"]
        assert len(rows) == 62
        assert rows[1][1] == "2.5"
        assert (await alice.get(f"{METRICS}/nothing.csv")).status == 404


async def test_who_may_not_see_metrics_gets_none() -> None:
    book = Book("request_predict_seconds_count")
    async with answering(book.answer) as url, app_with(url) as app:
        rules = {"apiGroups": ["metrics.k8s.io"], "resources": ["pods"]}
        for role in await _roles(app):
            assert any(rule["apiGroups"] == rules["apiGroups"] for rule in role["rules"])
        async with app.charlie as charlie:
            for path in (METRICS, f"{METRICS}/charts.json", f"{METRICS}/requests.csv"):
                assert (await charlie.get(path)).status == 403
            assert (await charlie.get("/n/team-risk/services/-/sparklines.json")).status == 403
        await _take_metrics(app)
        async with app.bob as bob:
            page = await bob.get(METRICS)
            assert page.status == 200
            assert "pods.metrics.k8s.io" in page.text
            refused = await bob.get(f"{METRICS}/charts.json")
            assert refused.status == 403
            assert "pods.metrics.k8s.io" in refused.text
            assert (await bob.get("/n/team-risk/services/-/sparklines.json")).text == "{}"
        assert book.asked == []


async def _roles(app: App) -> list[dict[str, Any]]:
    return [
        await app.cluster.request_json("GET", f"{_ROLES}/{name}") for name in ("kserve-view", "kserve-edit")
    ]


_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


async def _take_metrics(app: App) -> None:
    for role in await _roles(app):
        rules = [rule for rule in role["rules"] if rule["apiGroups"] != ["metrics.k8s.io"]]
        name = role["metadata"]["name"]
        await app.cluster.request_json("PUT", f"{_ROLES}/{name}", body={**role, "rules": rules})


async def test_sparks_are_of_the_rows_alone() -> None:
    book = Book()
    async with answering(book.answer) as url, app_with(url) as app, app.alice as alice:
        page = await alice.get("/n/team-risk/services")
        assert 'data-of="team-risk/fraud"' in page.text
        found = json.loads((await alice.get("/n/team-risk/services/-/sparklines.json")).text)
        assert list(found) == ["team-risk/fraud"]
        assert found["team-risk/fraud"]["requests"] == [2.5] * 25
        assert len(book.asked) == 1


async def test_one_that_hangs_is_an_answer_of_each_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelsweb.gateway.metrics._SECONDS", 0.5)

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        raise AssertionError

    async with answering(hang) as url, app_with(url) as app, app.alice as alice:
        answer = await alice.get(f"{METRICS}/charts.json")
        assert answer.status == 200
        charts = json.loads(answer.text)["charts"]
        assert charts
        assert all("did not answer within" in one["gap"] for one in charts)
        assert (await alice.get("/n/team-risk/services/-/sparklines.json")).status == 503
        assert (await alice.get(METRICS)).status == 200


async def test_without_a_prometheus_there_is_no_column_and_no_figure() -> None:
    async with running_app(CONFIG) as app, app.alice as alice:
        await app.add("fraud")
        assert "mw-sparkline" not in (await alice.get("/n/team-risk/services?cols=load,age")).text
        page = await alice.get(METRICS)
        assert page.status == 200
        assert "MODELSWEB_METRICS_PROMETHEUS_URL" in page.text
        assert (await alice.get(f"{METRICS}/charts.json")).status == 404


async def test_wrong_panels_are_refused_at_the_start() -> None:
    for text, words in (
        ("[", "no JSON"),
        ("{}", "must be a list"),
        ('[{"panels": [1]}]', r"\[0\].dashboard"),
        ('[{"dashboard": "x", "panels": ["1"]}]', r"\[0\].panels"),
        ('[{"dashboard": "x", "panels": [1], "variable": {}}]', r"\[0\].variable is not known"),
    ):
        config = replace(CONFIG, metrics=replace(CONFIG.metrics, grafana_panels=text))
        with pytest.raises(ConfigError, match=f"MODELSWEB_METRICS_GRAFANA_PANELS: .*{words}"):
            async with running(
                config, Connection(server="http://127.0.0.1:1"), clock=SystemClock(), closing=asyncio.Event()
            ):
                pass


def test_the_demo_looks_for_no_grafana() -> None:
    assert demo_config(Config()).metrics.grafana_prefix == ""
