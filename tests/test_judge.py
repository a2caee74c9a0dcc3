"""``modelsweb judge``: dumps as people make them, and what is no dump."""

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsweb import cli

CASES = Path(__file__).parent / "data" / "cases"
NOON = "2026-11-23T12:00:00Z"
TWO_NAMES = CASES / "01-two-names.yaml"


def _judge(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, Any, str]:
    code = cli.run(["judge", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else None, said.err


def _services(found: Any) -> dict[str, Any]:
    return {service["name"]: service for service in found["services"]}


def test_a_dump_is_judged_as_the_page_does(capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    assert code == 0
    assert found["at"] == NOON
    broken = _services(found)["house-price-predictor"]
    assert list(broken) == [
        "kind",
        "namespace",
        "name",
        "status",
        "sentence",
        "since",
        "object",
        "replicas",
        "devices",
        "mode",
        "runtime",
        "source",
        "addresses",
        "steps",
        "events",
        "warnings",
    ]
    assert broken["status"] == "failed"
    assert 'secret "model-certs" not found' in broken["sentence"]
    assert broken["since"] == "2026-11-23T11:40:00Z"
    assert broken["object"] == "Pod/team-housing/house-price-predictor-predictor-5d8c6b7f9-4kq2n"
    assert broken["replicas"] == {"ready": 0, "wanted": 1}
    assert (broken["mode"], broken["events"], broken["warnings"]) == ("standard", 2, 1)
    assert {"step": "downloaded", "state": "failed"} in broken["steps"]
    well = _services(found)["house-price"]
    assert (well["status"], well["sentence"], well["object"], well["events"]) == ("ready", "", None, 0)
    assert well["addresses"] == [{"scope": "external", "url": "http://house-price.example.com"}]


def test_the_time_is_the_newest_in_the_input_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, found, _ = _judge(capsys, TWO_NAMES)
    assert found["at"] == "2026-11-23T11:59:00Z"
    assert cli.run(["judge", str(TWO_NAMES)]) == 0
    said = capsys.readouterr().out
    assert "Evaluated as of 2026-11-23T11:59:00Z: the newest time in the input." in said
    assert "house-price-predictor: failed" in said


def test_only_the_sentence_follows_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    _, english, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    _, chinese, _ = _judge(capsys, TWO_NAMES, "--at", NOON, "--language", "zh-Hans")
    assert english != chinese
    for found in (english, chinese):
        for service in found["services"]:
            del service["sentence"]
    assert english == chinese


def _objects() -> list[Any]:
    return [
        json.loads(json.dumps(one, default=str)) for one in yaml.safe_load_all(TWO_NAMES.read_text()) if one
    ]


@pytest.mark.parametrize(
    "form", ["list", "json", "json-lines", "utf-16", "marked", "standard-input", "files", "array"]
)
def test_forms_of_a_dump(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    objects, file, more = _objects(), tmp_path / "dump.yaml", list[Path]()
    whole = {"apiVersion": "v1", "kind": "List", "items": objects}
    match form:
        case "list":
            file.write_text(yaml.safe_dump(whole))
        case "json" | "standard-input":
            file.write_text(json.dumps(whole, indent=2))
        case "array":
            file.write_text(json.dumps(objects))
        case "json-lines":
            file.write_text("\n".join(map(json.dumps, objects)))
        case "utf-16":
            file.write_text(yaml.safe_dump(whole), encoding="utf-16")
        case "marked":
            file.write_text("---\n".join("\ufeff" + yaml.safe_dump(one) for one in objects))
        case "files":
            file.write_text(yaml.safe_dump(objects[0]))
            for index, one in enumerate(objects[1:]):
                more.append(tmp_path / f"{index}.yaml")
                more[-1].write_text(yaml.safe_dump(one))
    given: list[str | Path] = [file, *more]
    if form == "standard-input":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
        given = ["-"]
    _, expected, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    code, found, _ = _judge(capsys, *given, "--at", NOON)
    assert code == 0
    assert found == expected


def test_a_folder_is_read_whole_and_what_is_no_object_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "must-gather" / "namespaces" / "team-housing"
    (place / "core").mkdir(parents=True)
    shutil.copy(TWO_NAMES, place / "all.yaml")
    (place / "core" / "current.log").write_text("kind: Pod\n{ not yaml")
    (place / "core" / "values.yaml").write_text("replicas: 1\n")
    (place / "core" / "maps.yaml").write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "ConfigMapList",
                "items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}],
            }
        )
    )
    _, expected, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    code, found, told = _judge(capsys, tmp_path, "--at", NOON)
    assert code == 0
    assert found == expected
    assert "objects of other kinds: ConfigMap 2" in told
    assert "logs and other files: 2" in told


def test_what_the_dump_lacks_is_not_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [service] = [one for one in _objects() if one["metadata"]["name"] == "house-price"][:1]
    file = tmp_path / "service.yaml"
    file.write_text(yaml.safe_dump(service))
    _, found, _ = _judge(capsys, file, "--at", NOON)
    [said] = found["services"]
    assert said["status"] == "unknown"
    assert (
        said["sentence"] == "KServe reports the service as ready. Not checked: its pods are not in the dump."
    )

    file.write_text(
        yaml.safe_dump(service)
        + "---\n"
        + yaml.safe_dump({"apiVersion": "v1", "kind": "PodList", "items": []})
    )
    _, found, _ = _judge(capsys, file, "--at", NOON)
    [said] = found["services"]
    assert said["sentence"] == "KServe reports the service as ready, but it has no pods."


def test_events_of_the_newer_api_are_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    objects = _objects()
    for one in objects:
        if one["kind"] == "Event":
            one["apiVersion"] = "events.k8s.io/v1"
            one["regarding"], one["note"] = one.pop("involvedObject"), one.pop("message")
            one["deprecatedCount"] = one.pop("count", None)
            one["deprecatedLastTimestamp"] = one.pop("lastTimestamp", None)
            one["deprecatedFirstTimestamp"] = one.pop("firstTimestamp", None)
    file = tmp_path / "dump.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    _, expected, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    _, found, _ = _judge(capsys, file, "--at", NOON)
    assert found == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "NAME   URL   READY\niris   x   True\n",
            "dump:1: This is a table. Print it with -o yaml or -o json.",
        ),
        (
            "a: 1\n---\n- just\n- words\n",
            "dump:1: This is not a Kubernetes object: kind or apiVersion is missing.",
        ),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: p\n", "dump:4: The YAML cannot be read"),
        ('{"apiVersion": "v1",\n "kind": }', "dump:2: The JSON cannot be read: Expecting value"),
        ("[" * 100_000, "dump:1: The text is nested too deeply."),
        ("just words", "dump:1: This is not a Kubernetes object: kind or apiVersion is missing."),
        ("apiVersion: v1\nkind: Pod\n", "dump: A Pod has no metadata."),
        ("", "no Kubernetes object was found"),
        (b"ok: 1\n\xff\xfa", "dump:2: This is not UTF-8 text."),
    ],
)
def test_what_is_no_dump_is_refused_with_line_and_reason(
    said: str | bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump"
    file.write_bytes(said.encode() if isinstance(said, str) else said)
    code, found, told = _judge(capsys, file, "--at", NOON)
    assert (code, found) == (2, None)
    assert reason in told
    assert "Traceback" not in told


def test_a_missing_file_and_a_nonsense_time_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = _judge(capsys, "nowhere.yaml")
    assert code == 2
    assert "nowhere.yaml: No such file or directory" in told
    code, _, told = _judge(capsys, TWO_NAMES, "--at", "noon")
    assert code == 2
    assert "--at: 'noon' is no time" in told


def test_a_file_of_a_folder_that_is_no_dump_is_named_and_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(TWO_NAMES, tmp_path / "all.yaml")
    (tmp_path / "rules.json").write_text('{"status": "success", "data": "x{kind=1}"}')
    _, expected, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    code, found, told = _judge(capsys, tmp_path, "--at", NOON)
    assert (code, found) == (0, expected)
    assert "rules.json:1: This is not a Kubernetes object" in told


def test_no_field_of_a_dump_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "x"},
            "spec": {"startTime": "2099-01-01T00:00:00Z"},
            "status": {"deletionTimestamp": {"type": "string"}, "deletionGracePeriodSeconds": 10**30},
        }
    ]
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([*_objects(), *odd]))
    code, found, _ = _judge(capsys, file)
    assert code == 0
    assert found["at"] == "2026-11-23T11:59:00Z"


def test_an_empty_list_holds_no_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "none.yaml"
    file.write_text("apiVersion: v1\nitems: []\nkind: List\n")
    code, found, _ = _judge(capsys, file, "--at", NOON)
    assert (code, found) == (0, {"at": NOON, "services": []})


def test_a_dump_without_uids_is_judged_by_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    objects = _objects()
    for one in objects:
        one["metadata"].pop("uid", None)
        one.get("involvedObject", {}).pop("uid", None)
        for owner in one["metadata"].get("ownerReferences", ()):
            owner.pop("uid", None)
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(objects))
    _, expected, _ = _judge(capsys, TWO_NAMES, "--at", NOON)
    _, found, _ = _judge(capsys, file, "--at", NOON)
    assert found == expected


def _mesh(*, ready: str) -> str:
    service = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "mesh", "namespace": "ns", "uid": "u", "creationTimestamp": NOON},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://b/m"}}},
        "status": {
            "deploymentMode": "ModelMesh",
            "servingRuntimeName": "mlserver",
            "conditions": [{"type": "Ready", "status": "True"}],
            "modelStatus": {
                "transitionStatus": "UpToDate",
                "copies": {"totalCopies": 1},
                "states": {"activeModelState": "Loaded"},
            },
            "url": "grpc://modelmesh-serving.ns:8033",
        },
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "modelmesh-serving-mlserver-x",
            "namespace": "ns",
            "uid": "p",
            "labels": {"modelmesh-service": "modelmesh-serving", "name": "modelmesh-serving-mlserver"},
        },
        "spec": {"containers": [{"name": "mlserver"}, {"name": "mm"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    }
    runtime = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterServingRuntime",
        "metadata": {"name": "mlserver"},
        "spec": {"containers": [{"name": "mlserver", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]},
    }
    return yaml.safe_dump_all((service, pod, runtime))


@pytest.mark.parametrize(("ready", "status", "count"), [("True", "ready", 1), ("False", "starting", 0)])
def test_a_model_of_modelmesh_serves_while_its_runtime_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ready: str, status: str, count: int
) -> None:
    dump = tmp_path / "mesh.yaml"
    dump.write_text(_mesh(ready=ready))
    _, found, skipped = _judge(capsys, dump, "--at", NOON)
    [mesh] = found["services"]
    assert (mesh["status"], mesh["replicas"]) == (status, {"ready": count, "wanted": 1})
    assert "ServingRuntime" not in skipped
