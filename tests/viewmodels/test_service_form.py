"""The form beside the YAML: what it offers, and why not the rest."""

from typing import Any

import pytest

from modelsweb.manifests.check import Facts
from modelsweb.manifests.concerns import concerns
from modelsweb.manifests.form import filled, form_document
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.starting_point import templates
from modelsweb.objects.obj import Obj
from modelsweb.operations.outcome import FormOutcome
from modelsweb.viewmodels.components import service_form
from modelsweb.viewmodels.components.service_form import FieldRow, ServiceForm

TEXT = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: x}
spec: {predictor: {model: {modelFormat: {name: onnx}, storageUri: "s3://x"}}}
"""


def _runtime(name: str, *, namespace: str = "", model_format: str = "onnx", **spec: Any) -> Obj:
    formats = [{"name": model_format, "autoSelect": spec.pop("auto", True)}]
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return Obj({"metadata": metadata, "spec": {"supportedModelFormats": formats, **spec}})


RUNTIMES = (
    _runtime("taken"),
    _runtime("asked-for", auto=False),
    _runtime("other", model_format="sklearn"),
    _runtime("off", disabled=True),
    _runtime("v2-only", protocolVersions=["v2"]),
    _runtime("hidden", disabled=True),
    _runtime("hidden", namespace="team"),
)


def _row(field: Field, source: str = TEXT, *, is_edit: bool = False) -> FieldRow:
    outcome = FormOutcome(
        source=source, document=form_document(source), facts=Facts(runtimes=RUNTIMES, served=frozenset())
    )
    form = service_form.build(outcome, given={}, was={}, source=source, is_edit=is_edit)
    return next(row for group in form.groups for row in group.rows if row.field is field)


def _notes(source: str) -> dict[str, str]:
    return {one.value: str(one.note or "") for one in _row(Field.RUNTIME, source).options}


def test_runtimes_are_offered_as_they_would_be_named() -> None:
    """One that is named needs neither the default protocol nor to be chosen by itself, whatever is named now."""
    wanted = {
        "": "",
        "hidden": "",
        "taken": "",
        "asked-for": "only if it is chosen here",
        "v2-only": "only if it is chosen here",
        "off": "disabled",
        "other": "another format",
    }
    named = TEXT.replace('storageUri: "s3://x"', 'storageUri: "s3://x", runtime: taken')
    assert _notes(TEXT) == _notes(named) == wanted


def test_a_runtime_that_nobody_knows_stays_chosen() -> None:
    source = TEXT.replace('storageUri: "s3://x"', 'storageUri: "s3://x", runtime: gone')
    row = _row(Field.RUNTIME, source)
    assert row.value == "gone"
    assert "gone" in {one.value for one in row.options}


def test_without_knative_its_mode_is_not_offered() -> None:
    assert [one.value for one in _row(Field.MODE).options] == ["", "Standard"]


def test_what_an_object_keeps_for_its_life_is_fixed() -> None:
    assert _row(Field.NAME, is_edit=True).is_fixed
    assert _row(Field.MODE, is_edit=True).is_locked
    assert not _row(Field.URI, is_edit=True).is_locked


def _other(source: str, number: int = 0, **facts: Any) -> ServiceForm:
    document = form_document(source, number)
    assert document is not None
    known = Facts(documents=document.documents, **facts)
    found = concerns(source, document.written, facts=known)
    outcome = FormOutcome(source=source, document=document, facts=known, concerns=found)
    return service_form.build(outcome, given={}, was={}, source=source, is_edit=False)


def _rows_of(form: ServiceForm) -> dict[Field, FieldRow]:
    return {row.field: row for group in form.groups for row in group.rows}


def test_an_llm_service_has_a_form_of_its_own() -> None:
    form = _other(templates()["llm"], accounts=(), spec_fields=frozenset({"model"}))
    rows = _rows_of(form)
    assert rows[Field.URI].value == "hf://Qwen/Qwen2.5-7B-Instruct"
    assert rows[Field.ROUTER].value == "scheduler"
    assert str(rows[Field.GPU].help) == "1 in total for all replicas."
    assert Field.RUNTIME not in rows  # this cluster's schema has none
    [access] = [group for group in form.groups if group.id == "access"]
    assert access.way is not None
    assert [step.known.value for step in access.way.steps] == ["missing"]


@pytest.mark.parametrize("source", [TEXT, templates()["llm"]], ids=["service", "llm"])
def test_accelerators_are_called_by_their_resource(source: str) -> None:
    filled_in = filled(source, was={}, given={Field.GPU: "2"}).source
    assert str(_rows_of(_other(filled_in))[Field.GPU].label) == "GPUs"
    of_amd = filled_in.replace("nvidia.com/gpu", "amd.com/gpu")
    assert str(_rows_of(_other(of_amd))[Field.GPU].label) == "Accelerators (amd.com/gpu)"


def test_what_the_checks_find_stands_beside_the_field() -> None:
    source = TEXT.replace("{predictor: {", "{predictor: {minReplicas: 2, maxReplicas: 1, ")
    rows = _rows_of(_other(source))
    assert [one.id for one in rows[Field.MAX_REPLICAS].concerns + rows[Field.MIN_REPLICAS].concerns] == [
        "replicas-order"
    ]
    assert not rows[Field.CPU].concerns


def _got(source: str, **facts: Any) -> dict[str, tuple[str, str]]:
    return {
        str(row.label): (str(row.value) or " ".join(name for _, name in row.names), str(row.source or ""))
        for row in _other(source, **facts).gets
    }


def test_what_becomes_of_a_service_says_who_decides() -> None:
    known: dict[str, Any] = {"runtimes": RUNTIMES[:1], "default_mode": "Standard"}
    got = _got(TEXT, **known)
    assert got["Deployment mode"] == ("Standard", "default of the cluster")
    assert got["Serving runtime"] == ("taken", "chosen by KServe")
    assert got["Protocol"] == ("v1", "default of KServe")
    assert got["Replicas of the predictor"] == ("1 replica, fixed", "default of KServe")
    assert got["Service account"] == ("default", "default of the namespace")
    assert got["Objects"][0] == "x-predictor x-predictor x-predictor"
    own = TEXT.replace("{predictor: {", "{predictor: {maxReplicas: 3, serviceAccountName: mine, ")
    got = _got(own, **known)
    assert got["Replicas of the predictor"] == ("1 to 3, scales on cpu", "")
    assert got["Service account"] == ("mine", "")
    nothing = _got(TEXT)
    assert nothing["Deployment mode"] == ("the cluster's default, which is not known", "")
    assert nothing["Serving runtime"] == ("not known", "")
    assert "Objects" not in nothing


@pytest.mark.parametrize("part", ["[1]", "{model: 3}", "{containers: x}", "{model: {resources: [1]}}"])
def test_nonsense_gets_nothing(part: str) -> None:
    assert _other(f"kind: InferenceService\nspec: {{predictor: {part}}}\n").gets is not None


def test_a_graph_has_a_form_of_its_own() -> None:
    services = (Obj({"metadata": {"name": "first"}}), Obj({"metadata": {"name": "second"}}))
    form = _other(templates()["graph"], 3, services=services)
    assert form.choices == (
        (1, "InferenceService", "first-model"),
        (2, "InferenceService", "second-model"),
        (3, "InferenceGraph", "two-models"),
    )
    rows = _rows_of(form)
    assert rows[Field.GRAPH_ROUTER].value == "Sequence"
    assert rows[Field.GRAPH_STEPS].value == "first-model\nsecond-model $response"
    assert rows[Field.GRAPH_NODES].value == ""
    assert "Services here: first, second." in str(rows[Field.GRAPH_STEPS].help)
