"""Every route against drawn parameters, headers, forms and objects: never a 5xx, never markup of somebody else's.

The stores are filled directly and every right is given, so that nothing but our own code is tried. ``FUZZ_EXAMPLES`` sets how
many examples each route gets.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sample_objects import service

from modelsweb import errors, wiring
from modelsweb.clock import SystemClock
from modelsweb.config import Config, MetricsConfig, WebConfig
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    DEPLOYMENT,
    EVENT,
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    NAMESPACE,
    POD,
    REVISION,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from modelsweb.kube.item import UnusableObjectError, slim
from modelsweb.objects.kind import Kind
from modelsweb.prometheus.client import Prometheus
from modelsweb.store.store import Store
from modelsweb.web.routes import PAGES

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
PROMETHEUS = [b""]
"""What Prometheus answers next."""
MARK = "<mwx y='\"&"
SPACE, NAME = "ns", "iris"
_BASE = "/models"
_NO_LIMITS = WebConfig(
    secure_cookies=False, requests_per_second=0, work_per_second=0, writes_per_minute=0, max_requests=0
)

_TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            MARK,
            "javascript:alert(1)",
            "\x00",
            "\n" * 50,
            "\u2028\u202e\x9b",
            "{{7*7}}%(x)s{0}",
            "9" * 400,
            "-1",
            "1e400",
            "../..",
            "a" * 300,
            "2026-02-30T99:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "true",
            "http://[",
        ]
    ),
    st.text(max_size=20),
)
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False), _TEXTS
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)
_OF_ANY_ROOT = (
    ("spec",),
    ("spec", "containers"),
    ("spec", "supportedModelFormats"),
    ("spec", "supportedModelFormats", "0"),
    ("status",),
    ("status", "conditions"),
    ("status", "conditions", "0"),
    ("metadata", "labels"),
    ("metadata", "annotations"),
    ("metadata", "ownerReferences"),
    ("metadata", "creationTimestamp"),
    ("metadata", "deletionTimestamp"),
)
_PATHS = {
    SERVING_RUNTIME: _OF_ANY_ROOT,
    CLUSTER_SERVING_RUNTIME: _OF_ANY_ROOT,
    LLM_INFERENCE_SERVICE: (
        *_OF_ANY_ROOT,
        ("spec", "model"),
        ("spec", "model", "lora"),
        ("spec", "router"),
        ("spec", "router", "route"),
        ("spec", "template"),
        ("spec", "template", "containers"),
        ("spec", "prefill"),
        ("spec", "worker"),
        ("spec", "parallelism"),
        ("spec", "replicas"),
        ("spec", "baseRefs"),
        ("status", "addresses"),
        ("status", "addresses", "0", "models"),
        ("status", "router"),
        ("status", "router", "group"),
        ("status", "router", "group", "members"),
        ("status", "appliedConfigs"),
        ("status", "workloads"),
    ),
    INFERENCE_GRAPH: (
        *_OF_ANY_ROOT,
        ("spec", "nodes"),
        ("spec", "nodes", "root"),
        ("spec", "nodes", "root", "steps"),
        ("spec", "nodes", "root", "steps", "0"),
        ("spec", "nodes", "root", "routerType"),
    ),
    TRAINED_MODEL: (*_OF_ANY_ROOT, ("spec", "model"), ("spec", "inferenceService")),
    LOCAL_MODEL_NAMESPACE_CACHE: (
        *_OF_ANY_ROOT,
        ("spec", "nodeGroups"),
        ("spec", "modelSize"),
        ("status", "nodeStatus"),
        ("status", "inferenceServices"),
        ("status", "inferenceServices", "0"),
    ),
    INFERENCE_SERVICE: (
        ("spec",),
        ("spec", "predictor"),
        ("spec", "predictor", "model"),
        ("spec", "predictor", "model", "storageUri"),
        ("spec", "predictor", "model", "env"),
        ("spec", "predictor", "model", "resources"),
        ("spec", "predictor", "containers"),
        ("spec", "predictor", "minReplicas"),
        ("spec", "predictor", "maxReplicas"),
        ("spec", "predictor", "canaryTrafficPercent"),
        ("spec", "transformer"),
        ("status",),
        ("status", "url"),
        ("status", "address"),
        ("status", "conditions"),
        ("status", "conditions", "0"),
        ("status", "components"),
        ("status", "components", "predictor", "traffic"),
        ("status", "modelStatus"),
        ("status", "modelStatus", "copies"),
        ("status", "modelStatus", "lastFailureInfo"),
        ("status", "deploymentMode"),
        ("metadata", "annotations"),
        ("metadata", "labels"),
        ("metadata", "finalizers"),
        ("metadata", "creationTimestamp"),
        ("metadata", "deletionTimestamp"),
        ("metadata", "ownerReferences"),
    ),
    POD: (
        ("spec",),
        ("spec", "containers"),
        ("spec", "initContainers"),
        ("status",),
        ("status", "containerStatuses"),
        ("status", "initContainerStatuses"),
        ("status", "conditions"),
        ("status", "phase"),
        ("metadata", "ownerReferences"),
        ("metadata", "creationTimestamp"),
    ),
    EVENT: (
        ("message",),
        ("reason",),
        ("type",),
        ("count",),
        ("firstTimestamp",),
        ("lastTimestamp",),
        ("source",),
    ),
    DEPLOYMENT: (("spec",), ("status",), ("status", "conditions"), ("spec", "replicas")),
    REVISION: (("spec",), ("status",), ("status", "conditions"), ("metadata", "annotations")),
}


def _objects() -> dict[Kind, dict[str, Any]]:
    """One object of each kind that belongs to the service."""
    labels = {"serving.kserve.io/inferenceservice": NAME, "component": "predictor"}
    made = service(NAME)
    made["metadata"] |= {"uid": "u-iris", "creationTimestamp": "2026-01-01T00:00:00Z"}
    made["status"] = {
        "url": "http://iris.ns.example.com",
        "conditions": [{"type": "Ready", "status": "False", "reason": "R", "message": MARK}],
        "components": {"predictor": {"latestReadyRevision": "iris-predictor-00001"}},
    }
    state = {
        "name": "kserve-container",
        "ready": False,
        "restartCount": 3,
        "state": {"waiting": {"reason": MARK}},
    }
    pod = {
        "metadata": {"name": "iris-predictor-0", "uid": "u-pod", "labels": labels},
        "spec": {"containers": [{"name": "kserve-container", "image": MARK}]},
        "status": {"phase": "Pending", "containerStatuses": [state]},
    }
    event = {
        "metadata": {"name": "iris.1", "uid": "u-event"},
        "involvedObject": {"kind": "InferenceService", "name": NAME, "namespace": SPACE, "uid": "u-iris"},
        "type": "Warning",
        "reason": "R",
        "message": MARK,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    deployment = {"metadata": {"name": "iris-predictor", "uid": "u-deploy", "labels": labels}, "status": {}}
    revision = {"metadata": {"name": "iris-predictor-00001", "uid": "u-rev", "labels": labels}, "status": {}}
    return {
        INFERENCE_SERVICE: made,
        POD: pod,
        EVENT: event,
        DEPLOYMENT: deployment,
        REVISION: revision,
        SERVING_RUNTIME: {"metadata": {"name": NAME, "uid": "u-runtime", "labels": {"a": MARK}}, "spec": {}},
        CLUSTER_SERVING_RUNTIME: {"metadata": {"name": NAME, "uid": "u-all", "annotations": {"a": MARK}}},
        **_of_other_kinds(),
    }


def _of_other_kinds() -> dict[Kind, dict[str, Any]]:
    """Root objects that have pages of their own, with a mark where users and controllers write."""
    conditions = [{"type": "Ready", "status": "False", "reason": "R", "message": MARK}]
    routing = {"gateways": [{"name": MARK}], "group": {"members": [{"name": NAME, "weight": 3}]}}
    llm = {
        "metadata": {"name": NAME, "uid": "u-llm"},
        "spec": {
            "model": {"uri": MARK, "name": MARK, "lora": {"adapters": [{"name": MARK, "uri": MARK}]}},
            "replicas": 1,
            "router": {"route": {"group": MARK}, "scheduler": {}},
            "template": {"containers": [{"name": "main", "args": [MARK]}]},
        },
        "status": {
            "conditions": conditions,
            "addresses": [{"name": MARK, "url": "http://a", "models": [{"name": MARK}]}],
            "router": routing,
            "appliedConfigs": [{"name": MARK, "namespace": SPACE, "source": "Preset"}],
        },
    }
    steps = [
        {"serviceName": MARK, "name": MARK, "condition": MARK},
        {"serviceName": NAME},
        {"nodeName": "root"},
    ]
    graph = {
        "metadata": {"name": NAME, "uid": "u-graph"},
        "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": steps}}},
        "status": {"conditions": conditions},
    }
    model = {
        "metadata": {"name": NAME, "uid": "u-model"},
        "spec": {"inferenceService": NAME, "model": {"framework": MARK, "memory": "1Gi", "storageUri": MARK}},
        "status": {"conditions": conditions},
    }
    cache = {
        "metadata": {"name": NAME, "uid": "u-cache"},
        "spec": {"sourceModelUri": MARK, "modelSize": "1Gi", "nodeGroups": [MARK]},
        "status": {
            "nodeStatus": {MARK: "NodeDownloading"},
            "inferenceServices": [{"name": MARK, "namespace": SPACE}],
        },
    }
    return {
        LLM_INFERENCE_SERVICE: llm,
        INFERENCE_GRAPH: graph,
        TRAINED_MODEL: model,
        LOCAL_MODEL_NAMESPACE_CACHE: cache,
    }


def _put(target: Any, path: tuple[str, ...], value: Any) -> None:
    """The value at a path; what is in the way is replaced."""
    *way, last = path
    for step in way:
        if not isinstance(target.get(step), dict):
            target[step] = {}
        target = target[step]
    target[last] = [value] if last == "0" else value


@dataclass
class Fuzzed:
    """An app without a cluster: its stores, and its ASGI application."""

    loop: asyncio.AbstractEventLoop
    stores: dict[Kind, Store] = field(default_factory=dict)
    app: Any = None

    def fill(self, objects: dict[Kind, dict[str, Any]]) -> None:
        """The stores hold these objects; those that are none are left out as a watch leaves them out."""
        for kind, store in self.stores.items():
            items = []
            if (obj := objects.get(kind)) is not None:
                given = obj.get("metadata")
                metadata: dict[str, Any] = given if isinstance(given, dict) else {}
                space = {"namespace": SPACE} if kind.namespaced else {}
                obj = {
                    **obj,
                    "metadata": {"resourceVersion": str(time.monotonic_ns()), **metadata, **space},
                }
                try:
                    items = [slim(msgspec.json.encode(obj), kind)]
                except UnusableObjectError:
                    continue
            if kind is NAMESPACE:
                items = [slim(msgspec.json.encode({"metadata": {"name": SPACE, "uid": "u-ns"}}), kind)]
            store.apply(follow.Replaced(items))

    def ask(
        self, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes = b""
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of an answer; the client goes once it has sent its request."""
        return self.loop.run_until_complete(self._ask(method, path, query, headers, body))

    async def _ask(
        self, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        for _ in range(5):
            await asyncio.sleep(0)  # the board makes its values
        sent = [{"type": "http.request", "body": body, "more_body": False}]
        status, told, found = 0, {}, b""

        async def receive() -> dict[str, Any]:
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, found
            if message["type"] == "http.response.start":
                status = message["status"]
                told.update(message["headers"])
            else:
                found += message.get("body", b"")

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": query,
            "headers": headers,
            "scheme": "http",
            "root_path": "",
        }
        await self.app(scope, receive, send)
        return status, told, found


async def _measured(*_: object) -> tuple[int, bytes]:
    return 200, PROMETHEUS[0]


async def _allowed(*_: object, **__: object) -> bool:
    return True


async def _stored(*_: object, **__: object) -> bytes:
    return b'{"metadata": {"name": "made"}}'


def _no_stream(*_: object, **__: object) -> Any:
    raise errors.NotFoundError("no log here")


async def _idle(*_: object) -> None:
    await asyncio.Event().wait()


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Fuzzed]:
    """The app; nothing that it does leaves the process."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _fuzzed(patch)


def _fuzzed(patch: pytest.MonkeyPatch) -> Iterator[Fuzzed]:
    patch.setattr(KubeClient, "review", _allowed)
    patch.setattr(KubeClient, "request", _stored)
    patch.setattr(KubeClient, "stream", _no_stream)
    patch.setattr(Store, "run", _idle)
    patch.setattr(Prometheus, "_post", _measured)
    patch.setattr(SingleFlight, "get", lambda _, __, ask: ask())
    found = Fuzzed(asyncio.new_event_loop())
    begin = Store.__init__

    def noted(self: Store, kind: Kind, *given: Any, **named: Any) -> None:
        begin(self, kind, *given, **named)
        found.stores[kind] = self

    patch.setattr(Store, "__init__", noted)
    stack = AsyncExitStack()
    running = wiring.running(
        Config(web=_NO_LIMITS, metrics=MetricsConfig(prometheus_url="http://127.0.0.1:1")),
        Connection(server="http://127.0.0.1:1"),
        clock=SystemClock(),
        closing=asyncio.Event(),
    )
    found.app = found.loop.run_until_complete(stack.enter_async_context(running))
    yield found
    found.loop.run_until_complete(stack.aclose())
    found.loop.run_until_complete(found.loop.shutdown_asyncgens())
    found.loop.close()


_NAMES = st.one_of(st.just(NAME), _TEXTS)
_PLURALS = (
    "servingruntimes",
    "clusterservingruntimes",
    "llminferenceservices",
    "inferencegraphs",
    "trainedmodels",
    "localmodelnamespacecaches",
)
_PARAMETERS = {
    "namespace": st.one_of(st.just(SPACE), _TEXTS),
    "name": _NAMES,
    "kind": st.one_of(st.sampled_from(["pods", "events", "inferenceservices", "deployments"]), _TEXTS),
    "member": st.one_of(st.sampled_from(["iris-predictor-0", "iris", "iris.1"]), _TEXTS),
    "plural": st.one_of(st.sampled_from(_PLURALS), _TEXTS),
    "rest:path": st.one_of(_NAMES, _TEXTS),
    "form": st.one_of(st.sampled_from(["csv", "json"]), _TEXTS),
    "chart": _TEXTS,
}
_KEYS = [
    "q",
    "status",
    "mode",
    "runtime",
    "fmt",
    "nsf",
    "gpu",
    "label",
    "faults",
    "sort",
    "cols",
    "page",
    "per",
    "seen",
    "once",
    "lang",
    "theme",
    "namespace",
    "pod",
    "c",
    "comp",
    "rev",
    "prev",
    "all",
    "fault",
    "tail",
    "since",
    "have",
    "at",
    "from",
    "to",
    "range",
    "refresh",
    "view",
]
_QUERY = st.lists(st.tuples(st.sampled_from(_KEYS), _TEXTS), max_size=4)
_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "accept-language",
                "cookie",
                "last-event-id",
                "origin",
                "x-forwarded-host",
                "x-request-id",
                "host",
                "accept",
            ]
        ),
        _TEXTS,
    ),
    max_size=3,
)
_FIELDS = st.lists(
    st.tuples(st.sampled_from(["action", "item", "all", "confirm", "uid", "yaml"]), _TEXTS), max_size=4
)
_CHANGES = st.lists(
    st.one_of(*(st.tuples(st.just(kind), st.sampled_from(paths), _VALUES) for kind, paths in _PATHS.items())),
    max_size=3,
)


_SERIES = st.fixed_dictionaries(
    {"metric": st.one_of(st.dictionaries(_TEXTS, _TEXTS, max_size=2), _VALUES)},
    optional={
        "values": st.one_of(st.lists(st.tuples(st.floats(0, 2e9), _TEXTS), max_size=3), _VALUES),
        "value": st.one_of(st.tuples(st.floats(0, 2e9), _TEXTS), _VALUES),
    },
)
_ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {
            "status": st.just("success"),
            "data": st.fixed_dictionaries({"result": st.lists(_SERIES, max_size=2)}),
        }
    ),
    _VALUES,
)


def _path(template: str, draw: Any) -> str:
    for name, values in _PARAMETERS.items():
        if f"{{{name}}}" in template:
            value = draw(values)
            template = template.replace(
                f"{{{name}}}", value.encode("utf-8", "replace").decode().replace("/", "%2F")
            )
    return _BASE + template


def _latin(text: str) -> bytes:
    return text.encode("utf-8", "replace").replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\x00", b" ")


@pytest.mark.parametrize(
    ("name", "template", "method"), [(entry.name, entry.path, entry.method) for entry in PAGES]
)
def test_no_route_fails_or_lets_markup_through(fuzzed: Fuzzed, name: str, template: str, method: str) -> None:
    is_again = name.startswith(("all_object", "cluster_object"))  # what object_… does, at other addresses

    @settings(
        max_examples=EXAMPLES // 10 if is_again else EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def one(data: st.DataObject) -> None:
        objects = _objects()
        for kind, path, value in data.draw(_CHANGES):
            _put(objects[kind], path, value)
        fuzzed.fill(objects)
        PROMETHEUS[0] = msgspec.json.encode(data.draw(_ANSWERS))
        query = urlencode(data.draw(_QUERY), errors="replace")
        if name.endswith(("live", "lines")):
            query += "&once=1"
        headers = [(b"kubeflow-userid", b"alice@example.com")]
        headers += [(key.encode(), _latin(value)) for key, value in data.draw(_HEADERS)]
        body = b""
        if method == "POST":
            headers += [
                (b"cookie", b"XSRF-TOKEN=t"),
                (b"x-xsrf-token", b"t"),
                (b"sec-fetch-site", b"same-origin"),
                (b"content-type", b"application/x-www-form-urlencoded"),
            ]
            body = urlencode(data.draw(_FIELDS), errors="replace").encode()
        path = _path(template, data.draw)
        status, told, found = fuzzed.ask(method, path, query.encode(), headers, body)
        # What Prometheus answers is drawn too: nonsense of its is said, and is nobody's mistake.
        is_of_prometheus = (
            status == 503 and name.endswith("sparklines") and b"Prometheus does not answer" in found
        )
        assert 200 <= status < 500 or is_of_prometheus, (status, found[-600:])
        if told.get(b"content-type", b"").startswith((b"text/html", b"text/event-stream")):
            assert b"<mwx" not in found

    one()


_OF_LLM = ("object_pods", "object_logs", "object_spec", "object_metrics")
"""What only kinds with pods, or with configurations, have."""
READ = [(entry.name, entry.path) for entry in PAGES if entry.method == "GET"]


def _usual(name: str, template: str) -> tuple[str, bytes]:
    """A path at which there is something, and its query."""
    values = {"namespace": SPACE, "name": NAME, "kind": "pods", "member": "iris-predictor-0", "form": "csv"}
    values["plural"] = "clusterservingruntimes" if name.startswith("cluster_") else "runtimes"
    if name.startswith(_OF_LLM):
        values["plural"] = "llm-services"
    values["rest:path"] = NAME
    for key, value in {**values, "chart": "requests"}.items():
        template = template.replace(f"{{{key}}}", value)
    return _BASE + template, b"once=1" if name.endswith(("live", "lines")) else b""


@pytest.mark.parametrize(("name", "template"), READ)
def test_every_route_is_reached(fuzzed: Fuzzed, name: str, template: str) -> None:
    """Else the others would prove nothing."""
    fuzzed.fill(_objects())
    PROMETHEUS[0] = b'{"status": "success", "data": {"result": []}}'
    headers = [(b"kubeflow-userid", b"alice@example.com")]
    status, _, found = fuzzed.ask("GET", *_usual(name, template), headers)
    has_no_log = name == "object_logs_download"  # the one pod there is belongs to the service
    assert status in ({404} if has_no_log else {200, 301, 303}), found[-400:]


@pytest.mark.parametrize(("name", "template"), READ)
def test_the_work_for_a_route_grows_with_what_it_shows(fuzzed: Fuzzed, name: str, template: str) -> None:
    """Texts four times as long, wherever users and controllers write: about four times the CPU time, never sixteen times."""
    path, query = _usual(name, template)

    def seconds(size: int) -> float:
        objects = _objects()
        texts = ("\n" * size, " in 1s " * (size // 7), "><" * (size // 2), "\\1" * (size // 2))
        for text in texts:
            for kind, place in (
                (INFERENCE_SERVICE, ("spec", "predictor", "model", "storageUri")),
                (INFERENCE_SERVICE, ("metadata", "annotations", text[:9] + "note")),
                (INFERENCE_SERVICE, ("status", "conditions", "0")),
                (EVENT, ("message",)),
                (POD, ("status", "message")),
            ):
                value: Any = (
                    {"type": "Ready", "status": "False", "message": text} if place[-1] == "0" else text
                )
                _put(objects[kind], place, value)
        headers = [(b"kubeflow-userid", b"alice@example.com")]
        found = []
        for _ in range(3):
            fuzzed.fill(objects)
            started = time.process_time()
            fuzzed.ask("GET", path, query, headers)
            found.append(time.process_time() - started)
        return min(found)

    small, large = seconds(10_000), seconds(40_000)
    assert large < 9 * small + 0.05
