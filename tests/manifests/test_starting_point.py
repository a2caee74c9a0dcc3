"""The texts with which new objects begin."""

from pathlib import Path

import pytest
import yaml

from modelsweb.manifests import document as manifest
from modelsweb.manifests.check import Facts
from modelsweb.manifests.concerns import concerns
from modelsweb.manifests.plan import plan
from modelsweb.manifests.starting_point import BLANK, copy_of, from_link, templates
from modelsweb.objects.obj import Obj

RUNTIMES = tuple(
    Obj(one)
    for one in yaml.safe_load_all(
        (Path(__file__).parents[2] / "src/modelsweb/demo/runtimes.yaml").read_text()
    )
    if one
)


@pytest.mark.parametrize("key", templates())
def test_a_template_is_planned_and_no_check_warns(key: str) -> None:
    source = templates()[key]
    assert plan(source, "team").problems == ()
    facts = Facts(runtimes=RUNTIMES, services=())
    found = concerns(source, manifest.parse(source), facts=facts)
    assert [(one.id, str(one.text)) for one in found] == []


def test_what_a_page_begins_with_has_nothing_filled_in() -> None:
    value = yaml.safe_load(BLANK)
    assert value["metadata"]["name"] is None
    assert value["spec"]["predictor"]["model"]["storageUri"] is None


def test_a_link_fills_the_text() -> None:
    found = from_link({"uri": "hf://Org/My_Model", "version": "1", "colour": "red", "lang": "en"})
    value = yaml.safe_load(found.text)
    assert value["metadata"]["name"] == "my-model"
    assert value["spec"]["predictor"]["model"] == {
        "modelFormat": {"name": "huggingface", "version": "1"},
        "storageUri": "hf://Org/My_Model",
    }
    assert found.ignored == ("colour",)


@pytest.mark.parametrize(
    "hostile",
    [
        "s3://x\nkind: Secret",
        "a: b",
        "'",
        '"',
        "{x: y}",
        "javascript:alert(1)",
        "*x",
        "yes",
        "\u2028",
        "x" * 3000,
    ],
)
def test_a_link_is_text_and_nothing_else(hostile: str) -> None:
    for key in ("uri", "name", "format", "version", "runtime"):
        (document,) = manifest.parse(from_link({key: hostile}).text)
        assert document.value["kind"] == "InferenceService"
        assert set(document.value["spec"]) == {"predictor"}
        model = document.value["spec"]["predictor"]["model"]
        given = {
            "uri": model["storageUri"],
            "name": document.value["metadata"]["name"],
            "format": model["modelFormat"]["name"],
            "version": model["modelFormat"].get("version", ""),
            "runtime": model.get("runtime", ""),
        }[key]
        assert given in {hostile.strip(), "", "my-model"}


def test_a_user_in_an_address_is_taken_out_and_said() -> None:
    found = from_link({"uri": "https://me:secret@host/x"})
    assert "secret" not in found.text
    assert "https://host/x" in found.text
    assert found.has_dropped_user


@pytest.mark.parametrize("uri", ["abfs://models@account.dfs.core.windows.net/x", "oci://host/x@sha256:1"])
def test_what_is_no_user_stays_in_an_address(uri: str) -> None:
    found = from_link({"uri": uri})
    assert uri in found.text
    assert not found.has_dropped_user


def test_a_copy_is_neither_stopped_nor_split() -> None:
    raw = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": "one",
            "namespace": "team",
            "uid": "u",
            "annotations": {"serving.kserve.io/stop": "true"},
        },
        "spec": {"predictor": {}, "canary": [{}]},
        "status": {},
    }
    assert yaml.safe_load(copy_of(raw, is_taken=True).text) == {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "one-copy"},
        "spec": {"predictor": {}},
    }
    assert yaml.safe_load(copy_of(raw, is_taken=False).text)["metadata"] == {"name": "one"}
