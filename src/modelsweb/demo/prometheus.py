"""The demo cluster's Prometheus: simulated figures of its pods, by the HTTP API of the real one.

It is no PromQL engine. It knows queries by the metric, the matchers of namespace and pod, and what they are grouped by,
which is enough for the app's own charts, and answers others with nothing. Traffic goes up and down over the day and a
little with each minute; what is not ready serves nothing. What was there when the demo began has a past.
"""

import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from modelsweb.clock import Clock
from modelsweb.demo.apiserver.app import ApiServer
from modelsweb.objects.obj import Obj, dig

_DAY, _HOUR = 86_400, 3_600
_MEBIBYTE = 1_048_576
_MAX_POINTS = 11_000
_AT_START = timedelta(seconds=90)
_MATCHER = r'{}=~?"((?:[^"\\]|\\.)*)"'
_REVISION = re.compile(
    r"(?P<revision>(?P<service>.+)-(?:predictor|transformer|explainer)(?:-[0-9]{5})?)-(?:deployment-)?[a-z0-9]+(?:-[a-z0-9]{5})?"
)
_OF_LLM = re.compile(
    r"(?P<revision>(?P<service>.+?)-kserve(?:-prefill|-router-scheduler)?)-[a-z0-9]+-[a-z0-9]{5}"
)
_NAME = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{")
_SHARES = {"0.5": 1.0, "0.95": 2.3, "0.99": 3.9}
_SLOWEST = {"e2e": 4.1, "first_token": 0.24, "token_latency": 0.021, "per_output": 0.021}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pod:
    """One pod, as the figures see it. ``since`` is when it began, in seconds since 1970."""

    namespace: str
    name: str
    revision: str
    service: str
    since: float
    is_ready: bool
    is_knative: bool
    is_llm: bool
    is_scheduler: bool
    gpus: int

    def load(self, at: float) -> float:
        """Requests in a second."""
        if not self.is_ready or at < self.since:
            return 0.0
        seed = zlib.crc32(self.revision.encode())
        size = 2 + seed % 40 if not self.is_llm else 1 + seed % 4
        day = 1 + 0.45 * math.sin(2 * math.pi * (at / _DAY + seed % 97 / 97))
        quarter = 1 + 0.2 * math.sin(2 * math.pi * at / (_HOUR / 4) + seed)
        return size * day * quarter * (1 + 0.12 * _noise(seed, at))

    def errors(self, at: float) -> float:
        """Of them, those that the server fails."""
        return self.load(at) * 0.004 * max(0.0, 1 + 2 * _noise(zlib.crc32(self.name.encode()), at))


def _noise(seed: int, at: float) -> float:
    """-1 to 1, the same each time for the same half minute."""
    return zlib.crc32(f"{seed}/{int(at // 30)}".encode()) / 2**31 - 1


_Figure = Callable[[_Pod, float], float]

_FIGURES: Mapping[str, _Figure] = {
    "kn_serving_invocation_duration_seconds_count": _Pod.load,
    "request_predict_seconds_count": _Pod.load,
    "kn_serving_queue_depth": lambda pod, at: pod.load(at) * 0.08,
    "kube_pod_status_ready": lambda pod, at: float(pod.is_ready and at >= pod.since),
    "container_cpu_usage_seconds_total": lambda pod, at: 0.05 + pod.load(at) * 0.018,
    "container_memory_working_set_bytes": lambda pod, at: (
        (2_900 if pod.is_llm else 420 + zlib.crc32(pod.revision.encode()) % 300) * _MEBIBYTE
        + pod.load(at) * _MEBIBYTE
    ),
    "DCGM_FI_DEV_GPU_UTIL": lambda pod, at: min(100.0, pod.load(at) * 18),
    "DCGM_FI_DEV_FB_USED": lambda pod, at: 31_000 + pod.load(at) * 40,
    "vllm:generation_tokens_total": lambda pod, at: pod.load(at) * 180,
    "vllm:prompt_tokens_total": lambda pod, at: pod.load(at) * 420,
    "vllm:num_requests_running": lambda pod, at: pod.load(at) * 1.4,
    "vllm:num_requests_waiting": lambda pod, at: max(0.0, pod.load(at) - 3),
    "vllm:kv_cache_usage_perc": lambda pod, at: min(0.95, 0.1 + pod.load(at) * 0.12),
    "vllm:prefix_cache_hits_total": lambda pod, at: pod.load(at) * 260,
    "vllm:prefix_cache_queries_total": lambda pod, at: pod.load(at) * (430 + 60 * _noise(7, at)),
    "vllm:num_preemptions_total": lambda pod, at: max(0.0, pod.load(at) - 4) * 0.02,
    "inference_objective_request_total": _Pod.load,
    "vllm:e2e_request_latency_seconds_count": _Pod.load,
    "vllm:time_to_first_token_seconds_count": _Pod.load,
    "vllm:inter_token_latency_seconds_count": _Pod.load,
}
_ONLY: tuple[tuple[str, Callable[[_Pod], bool]], ...] = (
    ("kn_", lambda pod: pod.is_knative),
    ("request_predict", lambda pod: not pod.is_llm and not pod.is_scheduler),
    ("inference_", lambda pod: pod.is_scheduler),
    ("vllm:", lambda pod: pod.is_llm),
    ("DCGM", lambda pod: pod.gpus > 0),
)

_Lines = list[tuple[dict[str, str], Callable[[float], float | None]]]


class Prometheus:
    """An ASGI app with ``/api/v1/query`` and ``/api/v1/query_range``."""

    def __init__(self, server: ApiServer, clock: Clock) -> None:
        self._server = server
        self._began = clock.now()
        self.app = Starlette(
            routes=[
                Route("/api/v1/query", self._query, methods=["GET", "POST"]),
                Route("/api/v1/query_range", self._range, methods=["GET", "POST"]),
            ]
        )

    async def _query(self, request: Request) -> JSONResponse:
        given = await _given(request)
        at = float(given.get("time", "0"))
        result = [
            {"metric": labels, "value": [at, f"{value:g}"]}
            for labels, value_at in self._lines(given.get("query", ""))
            if (value := value_at(at)) is not None
        ]
        return JSONResponse({"status": "success", "data": {"resultType": "vector", "result": result}})

    async def _range(self, request: Request) -> JSONResponse:
        given = await _given(request)
        start, end, step = (float(given.get(name, "0")) for name in ("start", "end", "step"))
        if step <= 0 or (end - start) / step > _MAX_POINTS:
            error = "exceeded maximum resolution of 11,000 points per timeseries"
            return JSONResponse({"status": "error", "errorType": "bad_data", "error": error}, 400)
        times = [start + index * step for index in range(int((end - start) // step) + 1)]
        result = []
        for labels, value_at in self._lines(given.get("query", "")):
            values = [[at, f"{value:.6g}"] for at in times if (value := value_at(at)) is not None]
            if values:
                result.append({"metric": labels, "values": values})
        return JSONResponse({"status": "success", "data": {"resultType": "matrix", "result": result}})

    # -- what a query asks for ----------------------------------------------------------------------------------------

    def _lines(self, promql: str) -> _Lines:
        pods = [pod for pod in self._pods() if _fits(pod, promql)]
        if "by (__name__)" in promql:
            return [({"__name__": name}, lambda _: 1.0) for name in _present(pods, promql)]
        if "by (namespace, service)" in promql:
            return _sparks(pods)
        names = [
            name for name in _NAME.findall(promql) if name.removesuffix("_bucket") + "_count" in _FIGURES
        ]
        names += [name for name in _NAME.findall(promql) if name in _FIGURES]
        if not names:
            return []
        name = names[0]
        pods = [pod for pod in pods if _exports(pod, name)]
        if quantile := re.search(r"histogram_quantile\(([0-9.]+)", promql):
            return _quantile(pods, name, share=_SHARES.get(quantile[1], 1.0))
        if "prefix_cache" in name:
            return _by_revision(pods, _hits)
        if " * 0) / " in promql:
            return _by_revision(pods, _ratio)
        if "by (class)" in promql:
            return (
                [
                    ({"class": "2xx"}, _summed(pods, lambda pod, at: pod.load(at) - pod.errors(at))),
                    ({"class": "5xx"}, _summed(pods, _Pod.errors)),
                ]
                if pods
                else []
            )
        figure = _FIGURES[name]
        if "by (revision)" not in promql:
            return [({}, _summed(pods, figure))] if pods else []
        scale = 0.01 if promql.endswith("/ 100") else _MEBIBYTE if promql.endswith(f"* {_MEBIBYTE}") else 1.0
        is_mean = promql.startswith("avg by")
        return _by_revision(
            pods, lambda some, at: _sum(some, figure, at=at) * scale / (len(some) if is_mean else 1)
        )

    def _pods(self) -> Iterator[_Pod]:
        resource = next(one for one in self._server.registry if (one.group, one.kind) == ("", "Pod"))
        for raw in self._server.storage.list(resource, None):
            pod = Obj(raw)
            match = _REVISION.fullmatch(pod.name) or _OF_LLM.fullmatch(pod.name)
            if match is None or pod.created is None:
                continue
            ready = pod.condition("Ready")
            containers = list(pod.items("spec", "containers"))
            is_scheduler = "-router-scheduler-" in pod.name
            yield _Pod(
                namespace=pod.namespace,
                name=pod.name,
                revision=match["revision"],
                service=match["service"],
                since=0.0 if pod.created - self._began < _AT_START else pod.created.timestamp(),
                is_ready=ready is not None and ready.is_true,
                is_knative="-deployment-" in pod.name,
                is_llm=not is_scheduler
                and any(
                    "huggingface" in str(one.get("image")) or one.get("name") == "main" for one in containers
                ),
                is_scheduler=is_scheduler,
                gpus=sum(int(dig(one, "resources", "limits", "nvidia.com/gpu") or 0) for one in containers),
            )


async def _given(request: Request) -> dict[str, str]:
    form = {str(key): str(value) for key, value in (await request.form()).items()}
    return {**request.query_params, **form}


def _fits(pod: _Pod, promql: str) -> bool:
    for label, value in (("namespace", pod.namespace), ("pod", pod.name)):
        found = re.search(_MATCHER.format(label), promql)
        pattern = re.sub(r"\\(.)", r"\1", found[1]) if found else None
        if pattern is not None and re.fullmatch(pattern, value) is None:
            return False
    return True


def _exports(pod: _Pod, name: str) -> bool:
    return all(is_there(pod) for start, is_there in _ONLY if name.startswith(start))


def _present(pods: list[_Pod], promql: str) -> Iterator[str]:
    asked = re.search(_MATCHER.format("__name__"), promql)
    for name in _FIGURES:
        is_asked = asked is not None and re.fullmatch(asked[1].replace("\\\\", "\\"), name)
        if is_asked and any(_exports(pod, name) for pod in pods):
            yield name


def _sum(pods: list[_Pod], figure: _Figure, *, at: float) -> float:
    return sum(figure(pod, at) for pod in pods if at >= pod.since)


def _summed(pods: list[_Pod], figure: _Figure) -> Callable[[float], float | None]:
    return lambda at: _sum(pods, figure, at=at) if any(at >= pod.since for pod in pods) else None


def _ratio(pods: list[_Pod], at: float) -> float | None:
    load = _sum(pods, _Pod.load, at=at)
    return _sum(pods, _Pod.errors, at=at) / load if load else None


def _hits(pods: list[_Pod], at: float) -> float | None:
    asked = _sum(pods, _FIGURES["vllm:prefix_cache_queries_total"], at=at)
    return _sum(pods, _FIGURES["vllm:prefix_cache_hits_total"], at=at) / asked if asked else None


def _quantile(pods: list[_Pod], name: str, *, share: float) -> _Lines:
    base = next((seconds for word, seconds in _SLOWEST.items() if word in name), 0.045)

    def value(at: float) -> float | None:
        load = _sum(pods, _Pod.load, at=at)
        if not load:
            return None
        return base * share * (1 + load / len(pods) / 80) * (1 + 0.15 * _noise(zlib.crc32(name.encode()), at))

    return [({}, value)] if pods else []


def _by_revision(pods: list[_Pod], value: Callable[[list[_Pod], float], float | None]) -> _Lines:
    groups: dict[str, list[_Pod]] = {}
    for pod in pods:
        groups.setdefault(pod.revision, []).append(pod)

    def line(some: list[_Pod]) -> Callable[[float], float | None]:
        def at_time(at: float) -> float | None:
            there = [pod for pod in some if at >= pod.since]
            return value(there, at) if there else None

        return at_time

    return [({"revision": revision}, line(some)) for revision, some in groups.items()]


def _sparks(pods: list[_Pod]) -> _Lines:
    groups: dict[tuple[str, str], list[_Pod]] = {}
    for pod in pods:
        groups.setdefault((pod.namespace, pod.service), []).append(pod)
    found: _Lines = []
    for (namespace, service), some in groups.items():
        labels: dict[str, Any] = {"namespace": namespace, "service": service}
        found.append(({**labels, "what": "requests"}, _summed(some, _Pod.load)))
        if any(pod.is_knative for pod in some):
            found.append(({**labels, "what": "errors"}, _summed(some, _Pod.errors)))
    return found
