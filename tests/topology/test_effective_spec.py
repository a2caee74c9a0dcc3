"""What an LLM service is made of, each value with its source."""

from typing import Any

from modelsweb.kinds import DEPLOYMENT, LEADER_WORKER_SET
from modelsweb.objects.obj import Obj
from modelsweb.topology.effective_spec import (
    EffectiveField,
    Held,
    Made,
    effective_fields,
    layers,
    written_path,
)
from modelsweb.topology.service_snapshot import service_snapshot

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


_LABELS = {
    "decode": "llminferenceservice-workload",
    "prefill": "llminferenceservice-workload-prefill",
    "scheduler": "llminferenceservice-router-scheduler",
}


def _made(role: str, *, replicas: int, container: dict[str, Any]) -> Obj:
    labels = {
        "app.kubernetes.io/component": _LABELS[role],
        "app.kubernetes.io/part-of": "llminferenceservice",
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", **container}]}}
    return Obj(
        {
            "metadata": {"name": f"one-{role}", "namespace": "team", "uid": role, "labels": labels},
            "spec": {"replicas": replicas, "template": template},
        }
    )


def _held(spec: dict[str, Any], **children: Any) -> dict[str, tuple[Held, object]]:
    service = Obj({"metadata": {"name": "one", "namespace": "team"}, "spec": spec})
    snapshot = service_snapshot(service, children.get("children", {}))
    made = Made(snapshot)
    found = ((one, made.evidence(one)) for one in effective_fields(layers(service, {})))
    return {".".join(field.path): (evidence.held, evidence.value) for field, evidence in found}


def test_values_are_held_against_what_was_made() -> None:
    """Each part against its own Deployment; an amount is the same however it is written."""
    main = {
        "name": "main",
        "image": "a",
        "resources": {"limits": {"cpu": "1", "memory": "2Gi"}},
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    }
    spec = {
        "replicas": 2,
        "model": {"uri": "hf://a/b"},
        "template": {"containers": [main]},
        "prefill": {"replicas": 1, "template": {"containers": [{"name": "main", "image": "p"}]}},
    }
    decode = {
        "image": "a",
        "resources": {"limits": {"cpu": "1000m", "memory": "4Gi"}},
        "env": [{"name": "B", "value": "2"}],
    }
    made = [
        _made("decode", replicas=3, container=decode),
        _made("prefill", replicas=1, container={"image": "q"}),
    ]
    found = _held(spec, children={DEPLOYMENT: made})
    at = "template.containers[main]"
    assert found["replicas"] == (Held.OTHER, 3)
    assert found[f"{at}.image"] == (Held.SAME, "a")
    assert found[f"{at}.resources.limits.cpu"] == (Held.SAME, "1000m")
    assert found[f"{at}.resources.limits.memory"] == (Held.OTHER, "4Gi")
    assert found[f"{at}.env[A].value"] == (Held.ABSENT, None)
    assert found[f"{at}.env[B].value"] == (Held.SAME, "2")
    assert found["prefill.replicas"] == (Held.SAME, 1)
    assert found[f"prefill.{at}.image"] == (Held.OTHER, "q")
    assert found["model.uri"] == (Held.UNKNOWN, None)


def test_what_was_not_read_or_made_is_not_checked() -> None:
    spec = {"replicas": 2, "template": {"containers": [{"name": "main", "image": "a"}]}}
    assert {held for held, _ in _held(spec).values()} == {Held.UNKNOWN}
    assert {held for held, _ in _held(spec, children={DEPLOYMENT: []}).values()} == {Held.UNKNOWN}


def test_a_group_has_its_values_in_the_template_of_its_head_and_of_its_workers() -> None:
    labels = {"app.kubernetes.io/component": _LABELS["decode"]}

    def template(image: str) -> dict[str, Any]:
        return {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "main", "image": image}]},
        }

    group = Obj(
        {
            "metadata": {"name": "one-kserve-mn", "namespace": "team", "uid": "g", "labels": labels},
            "spec": {
                "replicas": 1,
                "leaderWorkerTemplate": {
                    "leaderTemplate": template("head"),
                    "workerTemplate": template("worker"),
                },
            },
        }
    )
    spec = {
        "replicas": 1,
        "template": {"containers": [{"name": "main", "image": "head"}]},
        "worker": {"containers": [{"name": "main", "image": "other"}]},
    }
    found = _held(spec, children={LEADER_WORKER_SET: [group]})
    assert found["replicas"] == (Held.SAME, 1)
    assert found["template.containers[main].image"] == (Held.SAME, "head")
    assert found["worker.containers[main].image"] == (Held.OTHER, "worker")


def test_a_value_is_found_in_the_text_of_its_layer() -> None:
    preset = {"template": {"containers": [{"name": "beside"}, {"name": "main", "image": "a"}]}}
    found = _fields({}, (PRESET, preset))["template.containers[main].image"]
    assert written_path(found.layer, found.path) == "template.containers[1].image"


def _against(wanted: dict[str, Any], there: dict[str, Any]) -> dict[str, Held]:
    """A container's fields beside what its Deployment has."""
    spec = {"template": {"containers": [{"name": "main", **wanted}]}}
    found = _held(spec, children={DEPLOYMENT: [_made("decode", replicas=1, container=there)]})
    return {path.partition("[main].")[2]: held for path, (held, _) in found.items()}


def test_amounts_are_exact_and_texts_are_texts() -> None:
    found = _against(
        {
            "resources": {"limits": {"cpu": "0.7", "memory": "+1Gi"}},
            "env": [{"name": "A", "value": "08"}, {"name": "B", "value": "1e999"}],
        },
        {
            "resources": {"limits": {"cpu": "700m", "memory": "1024Mi"}},
            "env": [{"name": "A", "value": "8"}, {"name": "B", "value": "1"}],
        },
    )
    assert found == {
        "resources.limits.cpu": Held.SAME,
        "resources.limits.memory": Held.SAME,
        "env[A].value": Held.OTHER,
        "env[B].value": Held.OTHER,
    }


def test_what_go_leaves_out_is_no_difference_and_takes_nothing_back() -> None:
    probe = {"initialDelaySeconds": 0, "periodSeconds": 5}
    found = _against(
        {"env": [{"name": "A", "value": ""}], "tty": False, "readinessProbe": probe},
        {"env": [{"name": "A"}], "readinessProbe": {"periodSeconds": 5}},
    )
    assert set(found.values()) == {Held.SAME}
    fields = _fields(
        {"template": {"hostNetwork": False, "automountServiceAccountToken": False, "args": []}},
        (PRESET, {"template": {"hostNetwork": True, "automountServiceAccountToken": True, "args": ["a"]}}),
    )
    values = {path: one.value for path, one in fields.items()}
    assert values == {
        "template.hostNetwork": True,
        "template.automountServiceAccountToken": False,
        "template.args": ["a"],
    }


def test_what_cannot_be_told_apart_is_not_checked() -> None:
    ports = [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "protocol": "TCP"}]
    assert _against({"ports": ports}, {"ports": ports}) == {"ports": Held.SAME}
    one = _against({"ports": ports[:1]}, {"ports": ports})
    assert one == {"ports[53].protocol": Held.UNKNOWN}
    rendered = _against(
        {"env": [{"name": "{{ .Name }}", "value": "x"}]}, {"env": [{"name": "y", "value": "x"}]}
    )
    assert set(rendered.values()) == {Held.UNKNOWN}


def test_what_the_api_server_fills_in_is_no_difference() -> None:
    items = [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
    filled = [{"path": "labels", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}]
    assert _against({"items": items}, {"items": filled}) == {"items": Held.SAME}
    assert _against({"items": items}, {"items": [*filled, *filled]}) == {"items": Held.OTHER}


def test_many_variables_cost_what_they_are() -> None:
    env = [{"name": f"V{number}", "value": str(number)} for number in range(5_000)]
    found = _against({"env": env}, {"env": env})
    assert len(found) == 5_000
    assert set(found.values()) == {Held.SAME}
