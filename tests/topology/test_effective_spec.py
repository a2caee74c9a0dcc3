"""What an LLM service is made of, each value with its source."""

from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.topology.effective_spec import EffectiveField, effective_fields, layers

PRESET = ("kserve", "preset", "Preset")
FIRST = ("team", "first", "UserRef")
SECOND = ("kserve", "second", "UserRef")


def _fields(
    spec: dict[str, Any], *applied: tuple[tuple[str, str, str], dict[str, Any] | None]
) -> dict[str, EffectiveField]:
    names = [{"namespace": place, "name": name, "source": source} for (place, name, source), _ in applied]
    service = Obj(
        {
            "metadata": {"name": "one", "namespace": "team"},
            "spec": spec,
            "status": {"appliedConfigs": names},
        }
    )
    configs = {
        (place, name): Obj({"metadata": {"name": name, "namespace": place}, "spec": body})
        for (place, name, _), body in applied
        if body is not None
    }
    return {".".join(one.path): one for one in effective_fields(layers(service, configs))}


def test_the_service_wins_then_the_later_reference_then_the_preset() -> None:
    """Whatever the order in which the status names them."""
    refs = [{"name": "first"}, {"name": "second"}]
    found = _fields(
        {"baseRefs": refs, "replicas": 4},
        (SECOND, {"replicas": 3, "runtime": "two", "baseRefs": [{"name": "not-ours"}]}),
        (PRESET, {"replicas": 1, "runtime": "zero", "model": {"name": "m"}}),
        (FIRST, {"replicas": 2, "runtime": "one"}),
    )
    assert (found["replicas"].value, found["replicas"].layer.source) == (4, "")
    assert [value for _, value in found["replicas"].overridden] == [3, 2, 1]
    assert (found["runtime"].value, found["runtime"].layer.name) == ("two", "second")
    assert found["model.name"].layer.source == "Preset"
    assert found["baseRefs"].value == refs


def test_lists_are_joined_by_their_key_or_replaced() -> None:
    preset = {
        "template": {
            "containers": [
                {"name": "main", "image": "a", "args": ["--x"], "env": [{"name": "A", "value": "1"}]},
                {"name": "beside", "image": "b"},
            ]
        }
    }
    own = {
        "template": {"containers": [{"name": "main", "args": ["--y"], "env": [{"name": "B", "value": "2"}]}]}
    }
    found = _fields(own, (PRESET, preset))
    main = "template.containers[main]"
    assert found[f"{main}.image"].layer.source == "Preset"
    assert (found[f"{main}.args"].value, found[f"{main}.args"].overridden[0][1]) == (["--y"], ["--x"])
    assert {found[f"{main}.env[A].value"].value, found[f"{main}.env[B].value"].value} == {"1", "2"}
    assert found["template.containers[beside].image"].value == "b"


def test_an_empty_map_adds_nothing_and_a_value_replaces_fields() -> None:
    preset = {
        "router": {"route": {"http": {"hostnames": ["a"]}}, "scheduler": {}},
        "tracing": {"sampler": "on"},
    }
    own = {"router": {"route": {}, "scheduler": {"replicas": 2}}, "tracing": "off"}
    found = _fields(own, (PRESET, preset))
    assert found["router.route.http.hostnames"].layer.source == "Preset"
    assert "router.route" not in found
    assert found["router.scheduler.replicas"].value == 2
    assert "router.scheduler" not in found
    assert found["tracing"].value == "off"
    assert "tracing.sampler" not in found


def test_what_could_not_be_read_is_missing_and_templates_are_told() -> None:
    found = _fields(
        {"replicas": 1},
        (PRESET, None),
        (FIRST, {"template": {"containers": [{"name": "m", "args": ["{{ .X }}"]}]}}),
    )
    assert set(found) == {"replicas", "template.containers[m].args"}
    assert found["template.containers[m].args"].is_rendered
    assert not found["replicas"].is_rendered


def test_nonsense_is_no_error() -> None:
    service = Obj({"metadata": {"name": "one"}, "spec": {"template": {"containers": ["x", 1]}, "env": None}})
    [field] = effective_fields(layers(service, {}))
    assert (field.path, field.value) == (("template", "containers"), ["x", 1])
