"""The API of the former web app against drawn parameters, bodies and objects: never a 5xx, and always its own JSON."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.attacks.test_fuzz import (
    _BASE,
    _CHANGES,
    _HEADERS,
    _PARAMETERS,
    _VALUES,
    EXAMPLES,
    NAME,
    SPACE,
    Fuzzed,
    _latin,
    _objects,
    _put,
    fuzzed,
)

from modelsweb.web.api.upstream.routes import ROUTES

__all__ = ["fuzzed"]

_OWN = {
    "component": st.one_of(st.sampled_from(["predictor", "transformer", "explainer"]), _PARAMETERS["name"]),
    "container": st.one_of(st.sampled_from(["kserve-container", "queue-proxy"]), _PARAMETERS["name"]),
}
_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "apiVersion": st.one_of(st.just("serving.kserve.io/v1beta1"), _VALUES),
        "kind": st.one_of(st.just("InferenceService"), _VALUES),
        "metadata": st.one_of(st.fixed_dictionaries({"name": _VALUES}), _VALUES),
        "spec": _VALUES,
        "deploymentMode": _VALUES,
    },
)
_BODIES = st.one_of(
    _DOCUMENTS,
    st.fixed_dictionaries(
        {"resources": st.one_of(st.lists(st.one_of(_DOCUMENTS, _VALUES), max_size=3), _VALUES)}
    ),
    _VALUES,
)
_AS_A_PROGRAM = [
    (b"kubeflow-userid", b"alice@example.com"),
    (b"x-requested-by", b"tests"),
    (b"content-type", b"application/json"),
]


def _path(template: str, draw: object) -> str:
    for name, values in {**_PARAMETERS, **_OWN}.items():
        if f"{{{name}}}" in template:
            value = draw(values)  # type: ignore[operator]
            template = template.replace(
                f"{{{name}}}", value.encode("utf-8", "replace").decode().replace("/", "%2F")
            )
    return _BASE + template


@pytest.mark.parametrize(("template", "method"), [(entry.path, entry.method) for entry in ROUTES], ids=str)
def test_no_route_fails_or_answers_anything_but_json(fuzzed: Fuzzed, template: str, method: str) -> None:
    @settings(
        max_examples=EXAMPLES // 3,
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
        headers = [*_AS_A_PROGRAM, *((key.encode(), _latin(value)) for key, value in data.draw(_HEADERS))]
        body = b""
        if method in {"POST", "PUT"}:
            drawn = data.draw(st.one_of(_BODIES.map(msgspec.json.encode), st.binary(max_size=30)))
            body = drawn
        query = b"component=predictor" if template.endswith("/logs") else b""
        status, told, found = fuzzed.ask(method, _path(template, data.draw), query, headers, body)
        assert 200 <= status < 500, (status, found[-600:])
        kind_of = told.get(b"content-type", b"")
        if kind_of.startswith(b"text/event-stream"):
            for line in found.split(b"\n\n"):
                if line.startswith(b"data: "):
                    assert msgspec.json.decode(line.removeprefix(b"data: "))["type"] in {"INITIAL", "UPDATE"}
        elif status not in {301, 302, 303, 307, 308}:
            assert kind_of == b"application/json", (kind_of, found[:200])
            assert isinstance(msgspec.json.decode(found), dict)

    one()


@pytest.mark.parametrize("template", [entry.path for entry in ROUTES if entry.method == "GET"])
def test_every_route_is_reached(fuzzed: Fuzzed, template: str) -> None:
    """Else the other would prove nothing; what is not in the drawn cluster is said to be absent by name."""
    fuzzed.fill(_objects())
    path = template
    for key, value in {
        "namespace": SPACE,
        "name": NAME,
        "component": "predictor",
        "container": "kserve-container",
    }.items():
        path = path.replace(f"{{{key}}}", value)
    status, _, found = fuzzed.ask("GET", _BASE + path, b"", _AS_A_PROGRAM)
    assert status in {200, 400, 404}, found[-400:]
    assert status != 404 or NAME.encode() in found or b"no log here" in found, found
