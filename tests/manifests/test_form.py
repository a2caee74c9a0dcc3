"""The form and the text are one document."""

from pathlib import Path

import pytest

from modelsweb.errors import Code
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.form import filled, form_document
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.starting_point import BLANK, templates
from modelsweb.manifests.storage import guessed_format, name_of

DATA = Path(__file__).parent.parent / "data"
TEXT = """\
# a comment
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: "mine"  # its name
  labels:
    team: risk
    other: x
spec:
  predictor:
    minReplicas: 2
    model:
      modelFormat: {name: sklearn}
      storageUri: s3://a/b
      args:
      - --one
      - --two   # second
      env:
      # first
      - name: A
        value: "1"
      - name: TOKEN
        valueFrom: {secretKeyRef: {name: s, key: t}}
      - name: B
        value: two
      resources:
        limits:
          memory: 2Gi
"""


def _set(field: Field, value: str, source: str = TEXT) -> str:
    document = form_document(source)
    assert document is not None
    done = filled(source, was=document.values(), given={field: value})
    assert not done.problems, done.problems
    now = form_document(done.source)
    assert now is not None
    assert now.values()[field] == value
    return done.source


@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        (Field.NAME, "yours", '"mine"', '"yours"'),
        (Field.URI, "s3://a/c", "s3://a/b", "s3://a/c"),
        (Field.FORMAT, "xgboost", "{name: sklearn}", "{name: xgboost}"),
        (Field.MIN_REPLICAS, "3", "minReplicas: 2", "minReplicas: 3"),
        (Field.MIN_REPLICAS, "", "    minReplicas: 2\n", ""),
        (Field.MEMORY_LIMIT, "4Gi", "2Gi", "4Gi"),
        (
            Field.CPU,
            "500m",
            "      resources:\n",
            "      resources:\n        requests:\n          cpu: 500m\n",
        ),
        (
            Field.SIZE,
            "4/16Gi",
            "        limits:\n          memory: 2Gi",
            "        requests:\n          memory: 16Gi\n          cpu: '4'\n        limits:\n          memory: 16Gi",
        ),
        (Field.GPU, "2", "          memory: 2Gi", "          nvidia.com/gpu: '2'\n          memory: 2Gi"),
        (Field.ARGUMENTS, "--one\n--three", "--two ", "--three "),
        (Field.ARGUMENTS, "--one", "      - --two   # second\n", ""),
        (Field.ARGUMENTS, "--one\n--two\n-x", "# second\n", "# second\n      - -x\n"),
        (Field.ENVIRONMENT, "A=1\nB=three", "value: two", "value: three"),
        (Field.ENVIRONMENT, "A=1", "      - name: B\n        value: two\n", ""),
        (
            Field.ENVIRONMENT,
            "A=1\nB=two\nC=",
            "value: two\n",
            "value: two\n      - name: C\n        value: ''\n",
        ),
        (Field.LABELS, "team=risk", "    other: x\n", ""),
        (Field.LABELS, "team=fraud\nother=x", "team: risk", "team: fraud"),
        (
            Field.EXPLAINER,
            "me/why:1",
            "spec:\n",
            "spec:\n  explainer:\n    containers:\n    - name: kserve-container\n      image: me/why:1\n",
        ),
        (
            Field.LOGGER_URL,
            "http://sink",
            "  predictor:\n",
            "  predictor:\n    logger:\n      mode: all\n      url: http://sink\n",
        ),
        (Field.BATCH_SIZE, "32", "  predictor:\n", "  predictor:\n    batcher:\n      maxBatchSize: 32\n"),
        (
            Field.SOURCES,
            "s3://a/b=/mnt/a\nhf://c/d=/mnt/c",
            "  predictor:\n",
            "  predictor:\n    storageUris:\n    - uri: s3://a/b\n      mountPath: /mnt/a\n    - uri: hf://c/d\n      mountPath: /mnt/c\n",
        ),
        (
            Field.STORAGE_KEY,
            "minio",
            "    model:\n",
            "    model:\n      storage:\n        key: minio\n",
        ),
        (Field.TRACING, "on", "spec:\n", "spec:\n  tracing: {}\n"),
        (
            Field.TRACING_ENDPOINT,
            "http://otel:4317",
            "spec:\n",
            "spec:\n  tracing:\n    exporterEndpoint: http://otel:4317\n",
        ),
        (
            Field.PULL_SECRETS,
            "one\ntwo",
            "  predictor:\n",
            "  predictor:\n    imagePullSecrets:\n    - name: one\n    - name: two\n",
        ),
        (
            Field.NODE_SELECTOR,
            "zone=a",
            "  predictor:\n",
            "  predictor:\n    nodeSelector:\n      zone: a\n",
        ),
        (
            Field.AUTOSCALER,
            "keda",
            "metadata:\n",
            "metadata:\n  annotations:\n    serving.kserve.io/autoscalerClass: keda\n",
        ),
        (
            Field.TRANSFORMER,
            "me/shape:1",
            "spec:\n",
            "spec:\n  transformer:\n    containers:\n    - name: kserve-container\n      image: me/shape:1\n",
        ),
    ],
)
def test_a_field_is_an_edit_of_the_text_at_its_place(
    field: Field, value: str, before: str, after: str
) -> None:
    assert TEXT.count(before) == 1
    assert _set(field, value) == TEXT.replace(before, after)


def test_an_address_alone_makes_a_service() -> None:
    done = _set(Field.URI, "s3://risk/models/churn-xgboost/2026-11/churn.bst", BLANK)
    document = form_document(done)
    assert document is not None
    values = document.values()
    assert (values[Field.NAME], values[Field.FORMAT]) == ("churn", "xgboost")


@pytest.mark.parametrize(
    ("uri", "name", "format_"),
    [
        ("s3://b/churn-xgboost/2026-11/model.bst", "churn-xgboost", "xgboost"),
        ("hf://Qwen/Qwen2.5-7B-Instruct", "qwen2-5-7b-instruct", "huggingface"),
        ("pvc://claim/v1", "v1", ""),
        ("gs://kfserving-examples/models/sklearn/1.0/model", "sklearn", "sklearn"),
        ("s3://b/sklearn-to-onnx/model", "sklearn-to-onnx", ""),
        ("s3://b/net.ONNX", "net", "onnx"),
        ("s3://b", "b", ""),
        ("", "my-model", ""),
    ],
)
def test_what_an_address_tells(uri: str, name: str, format_: str) -> None:
    assert (name_of(uri), guessed_format(uri)) == (name, format_)


def test_what_is_there_already_is_not_guessed() -> None:
    assert "sklearn" in _set(Field.URI, "hf://a/b")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (Field.NAME, "", Code.VALUE_MISSING),
        (Field.NAME, "Mine", Code.NOT_A_NAME),
        (Field.NAME, "a" * 64, Code.NOT_A_NAME),
        (Field.URI, "s3://a b", Code.NOT_ONE_WORD),
        (Field.URI, "https://me:word@host/x", Code.USER_IN_ADDRESS),
        (Field.MIN_REPLICAS, "-1", Code.NOT_IN_RANGE),
        (Field.MIN_REPLICAS, "1.5", Code.NOT_IN_RANGE),
        (Field.MIN_REPLICAS, "1000000000", Code.NOT_IN_RANGE),
        (Field.MIN_REPLICAS, "٣", Code.NOT_IN_RANGE),
        (Field.MEMORY, "4GB", Code.NOT_A_QUANTITY),
        (Field.MEMORY, "four", Code.NOT_A_QUANTITY),
        (Field.CPU, "-1", Code.NOT_A_QUANTITY),
        (Field.ENVIRONMENT, "A", Code.NOT_A_PAIR),
        (Field.ENVIRONMENT, "A=1\nA=2", Code.GIVEN_TWICE),
        (Field.LABELS, "a b=c", Code.NOT_A_PAIR),
        (Field.LABELS, "\n".join(f"l{n}=x" for n in range(80)), Code.TOO_MANY_CHANGES),
        (Field.MEMORY, "512m", Code.NOT_A_QUANTITY),
        (Field.CPU, "4K", Code.NOT_A_QUANTITY),
        (Field.ENVIRONMENT, "A=1\nTOKEN=x", Code.FROM_ELSEWHERE),
        (Field.ARGUMENTS, "x" * 30_000, Code.VALUE_TOO_LONG),
        (Field.TRACING_ENDPOINT, "otel:4317", Code.NOT_A_WEB_ADDRESS),
        (Field.PULL_SECRETS, "one two", Code.NOT_ONE_WORD),
        (Field.SOURCES, "s3://a=/", Code.NOT_A_PAIR),
        (Field.SOURCES, "s3://a=/mnt/../etc", Code.NOT_A_PAIR),
        (Field.ANNOTATIONS, "modelFormat=x", Code.NOT_A_PAIR),
    ],
)
def test_a_bad_value_changes_nothing_and_says_what_would_do(field: Field, value: str, code: Code) -> None:
    document = form_document(TEXT)
    assert document is not None
    done = filled(TEXT, was=document.values(), given={field: value})
    assert done.source == TEXT
    assert done.problems[field].code is code


def test_the_same_labels_always_make_the_same_text() -> None:
    """A review shows the text, and the save must make it again from what the form then holds."""
    once = _set_any(Field.LABELS, "team=risk\nother=x\nb=1\na=2")
    document = form_document(once)
    assert document is not None
    assert _set_any(Field.LABELS, document.values()[Field.LABELS]) == once


def _set_any(field: Field, value: str) -> str:
    done = filled(TEXT, was={}, given={field: value})
    assert not done.problems
    return done.source


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("      - --two   # second", '      - ""', Field.ARGUMENTS),
        ("      - --two   # second", '      - " two"', Field.ARGUMENTS),
        ("      - --two   # second", "      - 2", Field.ARGUMENTS),
        ("name: B\n", "name: [1]\n", Field.ENVIRONMENT),
        ("name: B\n", "name:\n", Field.ENVIRONMENT),
        ("name: B\n", "name: A\n", Field.ENVIRONMENT),
        ("value: two", "value: true", Field.ENVIRONMENT),
        ("          memory: 2Gi", "          amd.com/gpu: 1\n          nvidia.com/gpu: 1", Field.GPU),
        ("team: risk", "team: 1", Field.LABELS),
        ("minReplicas: 2", "minReplicas: [2]", Field.MIN_REPLICAS),
        ("      modelFormat: {name: sklearn}", "      x: 1", Field.TRANSFORMER),
    ],
)
def test_what_a_field_cannot_show_is_locked_and_stays(before: str, after: str, field: Field) -> None:
    source = TEXT.replace(before, after)
    if field is Field.TRANSFORMER:
        source = source.replace("spec:\n", "spec:\n  transformer: {x: 1}\n")
    document = form_document(source)
    assert document is not None
    assert field not in document.values()
    done = filled(source, was={}, given={field: "K=v"})
    assert done.source == source
    assert done.problems[field].code is Code.NOT_IN_FORM


def test_networks_are_no_accelerators() -> None:
    source = TEXT.replace("memory: 2Gi", "rdma/hca: 1\n          nvidia.com/gpu: 2")
    document = form_document(source)
    assert document is not None
    done = filled(source, was=document.values(), given={Field.GPU: "3"})
    assert "rdma/hca: 1\n          nvidia.com/gpu: '3'\n" in done.source


def test_blanks_of_values_stay() -> None:
    source = TEXT.replace("value: two", 'value: "two "')
    document = form_document(source)
    assert document is not None
    done = filled(source, was=document.values(), given={Field.ENVIRONMENT: "A=3\nB=two "})
    assert done.source == source.replace('value: "1"', 'value: "3"')


def test_a_framework_of_old_has_no_format_and_no_runtime() -> None:
    source = TEXT.replace("    model:\n      modelFormat: {name: sklearn}\n", "    sklearn:\n")
    document = form_document(source)
    assert document is not None
    assert {Field.FORMAT, Field.VERSION, Field.RUNTIME}.isdisjoint(document.values())
    assert document.values()[Field.URI] == "s3://a/b"


def test_only_the_scheme_is_folded() -> None:
    done = filled(TEXT, was={}, given={Field.URI: "s3：／／b/模型（一）"})
    assert "storageUri: s3://b/模型（一）\n" in done.source


def test_full_width_signs_of_an_address_are_read_as_meant() -> None:
    document = form_document(TEXT)
    assert document is not None
    done = filled(TEXT, was=document.values(), given={Field.URI: "s3：／／a/c"})
    assert "storageUri: s3://a/c\n" in done.source


def test_what_an_edit_does_not_reach_is_said() -> None:
    source = TEXT.replace("{name: sklearn}", "&f {name: sklearn}")
    source = source.replace("      storageUri", "      other: *f\n      storageUri")
    done = filled(source, was={}, given={Field.FORMAT: "xgboost"})
    assert done.source == source
    assert done.problems[Field.FORMAT].code is Code.NOT_IN_FORM


def _samples() -> list[str]:
    files = sorted((*DATA.rglob("*.yaml"), *DATA.rglob("*.yml")))
    found = [*templates().values(), *(one.read_text() for one in files if one.stat().st_size < 20_000)]
    kinds = ("kind: InferenceService\n", "kind: LLMInferenceService\n", "kind: InferenceGraph\n")
    return [one for one in found if any(kind in one for kind in kinds)]


def test_every_field_of_every_sample_comes_back_to_the_same_bytes() -> None:
    """Form, text, form: nothing is changed by looking, and each field can be changed and read again, or says why not."""
    seen = 0
    for source in _samples():
        try:
            document = form_document(source)
        except ManifestError:
            continue
        if document is None:
            continue
        values = document.values()
        assert filled(source, was=values, given=values).source == source
        for field in document.fields:
            if not values.get(field) or "\n" in values[field]:
                continue
            other = {"cpu": "3", "memory": "3Gi", "gpu": "3"}.get(
                field.split("-")[0], "3" if values[field].isdecimal() else "x3"
            )
            if field is Field.GRAPH_STEPS:
                other = "x3"
            of_pairs = {Field.LORA, Field.ENVIRONMENT, Field.LABELS, Field.ANNOTATIONS, Field.NODE_SELECTOR}
            other = "K=v3" if field in of_pairs else other
            other = "s3://a=/mnt/v3" if field is Field.SOURCES else other
            done = filled(source, was=values, given={field: other})
            if done.problems:
                assert done.source == source
                continue
            seen += 1
            now = form_document(done.source)
            assert now is not None
            assert now.values()[field] == other, (field, source)
    assert seen > 100


def test_annotations_of_other_fields_and_of_the_cluster_stay_as_they_are() -> None:
    written = "  annotations:\n    serving.kserve.io/deploymentMode: Standard\n    mine: x\n    modelFormat: sklearn\n"
    source = TEXT.replace("  labels:\n", written + "  labels:\n")
    document = form_document(source)
    assert document is not None
    assert document.values()[Field.ANNOTATIONS] == "mine=x"
    done = filled(source, was=document.values(), given={Field.ANNOTATIONS: ""})
    assert done.source == source.replace("    mine: x\n", "")
    done = filled(source, was=document.values(), given={Field.ANNOTATIONS: "mine=y\nmore=z"})
    now = form_document(done.source)
    assert now is not None
    assert now.values()[Field.ANNOTATIONS] == "more=z\nmine=y"
    assert now.values()[Field.MODE] == "Standard"


def test_names_of_pull_secrets_are_changed_at_their_place() -> None:
    listed = "    imagePullSecrets:\n    - name: one  # first\n    - name: two\n"
    source = TEXT.replace("  predictor:\n", "  predictor:\n" + listed)
    document = form_document(source)
    assert document is not None
    done = filled(source, was=document.values(), given={Field.PULL_SECRETS: "uno\ntwo\nthree"})
    assert "    - name: uno  # first\n    - name: two\n    - name: three\n" in done.source
    done = filled(source, was=document.values(), given={Field.PULL_SECRETS: "one"})
    assert done.source == source.replace("    - name: two\n", "")


LLM = """\
apiVersion: serving.kserve.io/v1alpha1
kind: LLMInferenceService
metadata:
  name: chat
spec:
  model:
    uri: hf://a/b  # theirs
  router:
    route: {}
    gateway: {}
  template:
    containers:
      - name: main
        args: [--x]
"""
GRAPH = """\
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata:
  name: two
spec:
  nodes:
    root:
      routerType: Splitter
      steps:
        - serviceName: a
          weight: 60  # most
        - serviceName: b
          weight: 40
"""


@pytest.mark.parametrize(
    ("source", "field", "value", "before", "after"),
    [
        (LLM, Field.URI, "hf://a/c", "hf://a/b", "hf://a/c"),
        (LLM, Field.ROUTER, "scheduler", "    route: {}\n", "    scheduler: {}\n    route: {}\n"),
        (LLM, Field.ROUTER, "", "  router:\n    route: {}\n    gateway: {}\n", ""),
        (
            LLM,
            Field.GPU,
            "2",
            "      - name: main\n",
            "      - resources:\n          limits:\n            nvidia.com/gpu: '2'\n        name: main\n",
        ),
        (LLM, Field.TENSOR, "2", "spec:\n", "spec:\n  parallelism:\n    tensor: 2\n"),
        (LLM, Field.PREFILL, "2", "spec:\n", "spec:\n  prefill:\n    replicas: 2\n"),
        (
            LLM,
            Field.LORA,
            "sql=hf://a/sql",
            "  model:\n",
            "  model:\n    lora:\n      adapters:\n      - name: sql\n        uri: hf://a/sql\n",
        ),
        (LLM, Field.BASE_REFS, "base", "spec:\n", "spec:\n  baseRefs:\n  - name: base\n"),
        (LLM, Field.GROUP, "g", "    route: {}\n", "    route:\n      group: g\n"),
        (LLM, Field.WORKER, "on", "spec:\n", "spec:\n  worker:\n    containers:\n    - name: main\n"),
        (
            LLM,
            Field.AUTOSCALER,
            "hpa",
            "spec:\n",
            "spec:\n  scaling:\n    minReplicas: 1\n    maxReplicas: 1\n    wva:\n      hpa: {}\n",
        ),
        (
            LLM,
            Field.MAX_REPLICAS,
            "4",
            "spec:\n",
            "spec:\n  scaling:\n    minReplicas: 1\n    maxReplicas: 4\n    wva:\n      hpa: {}\n",
        ),
        (GRAPH, Field.GRAPH_STEPS, "a=70\nb=30", "60  # most", "70  # most"),
        (GRAPH, Field.GRAPH_STEPS, "a=60", "        - serviceName: b\n          weight: 40\n", ""),
        (GRAPH, Field.MIN_REPLICAS, "2", "spec:\n", "spec:\n  minReplicas: 2\n"),
    ],
)
def test_llm_services_and_graphs_have_forms(
    source: str, field: Field, value: str, before: str, after: str
) -> None:
    assert source.count(before) == 1
    wanted = source.replace(before, after)
    if value == "a=70\nb=30":
        wanted = wanted.replace("weight: 40", "weight: 30")
    assert _set(field, value, source) == wanted


def test_a_main_container_is_made_for_what_stands_in_it() -> None:
    source = LLM[: LLM.index("  template:")]
    done = _set(Field.MEMORY, "32Gi", source)
    assert (
        "  template:\n    containers:\n    - name: main\n      resources:\n        requests:\n          memory: 32Gi\n"
        in done
    )
    assert "nvidia.com/gpu: '1'" in _set(Field.GPU, "1", done)


@pytest.mark.parametrize(
    ("source", "field", "value", "code"),
    [
        (GRAPH, Field.GRAPH_STEPS, "a=101", Code.NOT_A_STEP),
        (GRAPH, Field.GRAPH_STEPS, "a", Code.NOT_A_STEP),
        (GRAPH, Field.GRAPH_STEPS, "A b=1", Code.NOT_A_STEP),
        (GRAPH, Field.GRAPH_ROUTER, "Magic", Code.VALUE_MISSING),
        (
            GRAPH.replace("        - serviceName: b\n", "        - serviceName: b\n          headers: {}\n"),
            Field.GRAPH_STEPS,
            "a=1",
            Code.NOT_IN_FORM,
        ),
        (GRAPH, Field.GRAPH_STEPS, "a loud=60", Code.NOT_A_STEP),
        (GRAPH, Field.GRAPH_STEPS, ": =60", Code.NOT_A_STEP),
        (GRAPH, Field.GRAPH_NODES, "  a", Code.NOT_A_NODE),
        (GRAPH, Field.GRAPH_NODES, "other", Code.NOT_A_NODE),
        (GRAPH, Field.GRAPH_NODES, "root Sequence", Code.NOT_A_NODE),
        (GRAPH, Field.GRAPH_NODES, "other Sequence\nother Switch", Code.GIVEN_TWICE),
        (GRAPH, Field.GRAPH_NODES, "other Sequence\n  a=60", Code.NOT_A_STEP),
        (LLM, Field.ROUTER, "magic", Code.VALUE_MISSING),
        (LLM, Field.LORA, "a b=hf://x", Code.NOT_A_PAIR),
        (LLM.replace("name: main", "name: other"), Field.CPU, "1", Code.NOT_IN_FORM),
        (LLM, Field.URI, "", Code.VALUE_MISSING),
    ],
)
def test_bad_values_of_other_kinds_change_nothing(source: str, field: Field, value: str, code: Code) -> None:
    done = filled(source, was={}, given={field: value})
    assert done.source == source
    assert done.problems[field].code is code


@pytest.mark.parametrize(
    ("source", "field", "after"),
    [
        (LLM.replace("route: {}", "route: {group: g}"), Field.GROUP, LLM),
        (
            LLM.replace("    route: {}\n    gateway: {}\n", "    route:\n      group: g  # ours\n"),
            Field.GROUP,
            LLM.replace("    route: {}\n    gateway: {}\n", "    route: {}\n"),
        ),
        (
            TEXT.replace("spec:\n", "spec:\n  tracing:\n    exporterEndpoint: http://x\n"),
            Field.TRACING_ENDPOINT,
            TEXT.replace("spec:\n", "spec:\n  tracing: {}\n"),
        ),
        (
            "kind: InferenceService\nmetadata: {name: x}\nspec:\n  predictor:\n    sklearn:\n      storageUri: s3://a\n",
            Field.URI,
            "kind: InferenceService\nmetadata: {name: x}\nspec:\n  predictor:\n    sklearn: {}\n",
        ),
    ],
)
def test_what_means_something_when_it_is_empty_stays(source: str, field: Field, after: str) -> None:
    done = filled(source, was={}, given={field: ""})
    assert not done.problems
    assert done.source == after


def test_tracing_that_is_on_gets_its_endpoint() -> None:
    on = _set(Field.TRACING, "on")
    assert "  tracing:\n    exporterEndpoint: http://x\n" in _set(Field.TRACING_ENDPOINT, "http://x", on)


def test_an_autoscaler_takes_the_place_of_a_number() -> None:
    fixed = LLM.replace("spec:\n", "spec:\n  replicas: 3\n")
    scaled = _set(Field.AUTOSCALER, "keda", fixed)
    document = form_document(scaled)
    assert document is not None
    assert document.service.mapping("spec", "scaling") == {
        "minReplicas": 3,
        "maxReplicas": 3,
        "wva": {"keda": {}},
    }
    assert "\n  replicas:" not in scaled
    by_hpa = _set(Field.AUTOSCALER, "hpa", _set(Field.MAX_REPLICAS, "9", scaled))
    now = form_document(by_hpa)
    assert now is not None
    assert now.service.mapping("spec", "scaling", "wva") == {"hpa": {}}
    off = form_document(_set(Field.AUTOSCALER, "", by_hpa))
    assert off is not None
    assert off.service.integer("spec", "replicas") == 3
    of_triggers = LLM.replace(
        "spec:\n", "spec:\n  scaling: {maxReplicas: 2, keda: {triggers: [{type: cpu}]}}\n"
    )
    locked = form_document(of_triggers)
    assert locked is not None
    assert Field.AUTOSCALER not in locked.values()


def test_a_graph_of_several_nodes() -> None:
    nodes = 'second Switch\n  cat: a hard $request=[@this].#(kind=="cat")\n  b\nthird Sequence\n  http://other/v1\n  node:second soft'
    done = _set(Field.GRAPH_NODES, nodes, GRAPH)
    document = form_document(done)
    assert document is not None
    assert document.values()[Field.GRAPH_NODES] == nodes
    spec = document.service.mapping("spec", "nodes")
    assert list(spec)[:2] == ["second", "third"]
    assert spec["second"] == {
        "routerType": "Switch",
        "steps": [
            {
                "name": "cat",
                "serviceName": "a",
                "dependency": "Hard",
                "data": "$request",
                "condition": '[@this].#(kind=="cat")',
            },
            {"serviceName": "b"},
        ],
    }
    assert spec["third"]["steps"] == [
        {"serviceUrl": "http://other/v1"},
        {"nodeName": "second", "dependency": "Soft"},
    ]
    assert "60  # most" in done
    less = _set(Field.GRAPH_NODES, "third Ensemble\n  a", done)
    now = form_document(less)
    assert now is not None
    assert now.service.mapping("spec", "nodes", "third") == {
        "routerType": "Ensemble",
        "steps": [{"serviceName": "a"}],
    }
    assert "second" not in now.service.mapping("spec", "nodes")
    assert _set(Field.GRAPH_NODES, "", done) == GRAPH


def test_another_kind_of_node_takes_its_steps_along() -> None:
    given = {Field.GRAPH_ROUTER: "Sequence", Field.GRAPH_STEPS: "a\nb"}
    done = filled(GRAPH, was={}, given=given)
    assert not done.problems
    assert "weight" not in done.source
    odd = GRAPH.replace("weight: 40", 'condition: "one\\ntwo"')
    document = form_document(odd)
    assert document is not None
    assert Field.GRAPH_STEPS not in document.values()
