"""Creating from YAML: each bad input is named, and nothing that was typed is lost."""

import asyncio
import html
import re
from pathlib import Path

import msgspec
import pytest
from tests.running import NAMESPACE, App, Reply, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.status import error_from_status

GOOD = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: %s}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: "s3://models/x"}}}
"""


async def _create(app: App, yaml: str) -> Reply:
    async with app.alice as alice:
        return await alice.post(f"/n/{NAMESPACE}/create", {"yaml": yaml})


async def _names(app: App) -> list[str]:
    items, _ = await app.cluster.list_all(INFERENCE_SERVICE, namespace=NAMESPACE)
    return sorted(msgspec.json.decode(item)["metadata"]["name"] for item in items)


async def test_a_good_document_leads_to_the_new_service(app: App) -> None:
    answer = await _create(app, GOOD % "one")
    assert answer.status == 200
    assert answer.url.partition("#")[0].endswith(f"/n/{NAMESPACE}/services/one")
    assert "one" in text_of(answer.text)


async def test_several_objects_are_reported_each_with_its_page(app: App) -> None:
    graph = (
        "apiVersion: serving.kserve.io/v1alpha1\nkind: InferenceGraph\nmetadata: {name: both}\n"
        "spec: {nodes: {root: {routerType: Sequence, steps: [{serviceName: one}]}}}\n"
    )
    answer = await _create(app, f"{GOOD % 'one'}---\n{graph}")
    assert "2 documents were created." in text_of(answer.text)
    assert f'href="/models/n/{NAMESPACE}/services/one"' in answer.text
    assert f'href="/models/n/{NAMESPACE}/graphs/both"' in answer.text
    assert "<textarea" not in answer.text


async def test_nothing_is_created_while_anything_is_wrong(app: App) -> None:
    await app.add("two")
    answer = await _create(app, "---\n".join(GOOD % name for name in ("one", "two", "three")))
    words = text_of(answer.text)
    assert answer.status == 422
    assert "InferenceService one was skipped because another document failed." in words
    assert "InferenceService two was not created." in words
    assert "already exists and differs from this document" in words
    assert "metadata: {name: three}" in html.unescape(answer.text)
    assert await _names(app) == ["two"]


async def test_a_second_submit_goes_on_where_the_first_one_stopped(app: App) -> None:
    await _create(app, GOOD % "one")
    answer = await _create(app, GOOD % "one" + "---\n" + GOOD % "two")
    words = text_of(answer.text)
    assert answer.status == 200
    assert "1 document was created." in words
    assert "InferenceService one exists already, with the same content." in words
    assert await _names(app) == ["one", "two"]
    again = await _create(app, GOOD % "one" + "---\n" + GOOD % "two")
    assert "Everything in this text exists already. Nothing was changed." in text_of(again.text)


async def test_a_double_click_leads_to_the_one_service(app: App) -> None:
    answers = await asyncio.gather(_create(app, GOOD % "one"), _create(app, GOOD % "one"))
    assert [one.url.partition("#")[0].endswith("/services/one") for one in answers] == [True, True]
    assert await _names(app) == ["one"]


async def test_what_webhooks_rewrote_is_the_same_again(app: App) -> None:
    """The framework of old comes back as a model."""
    old = (GOOD % "old").replace(
        'model: {modelFormat: {name: sklearn}, storageUri: "s3://models/x"}',
        'sklearn: {storageUri: "s3://models/x"}',
    )
    await _create(app, old)
    answer = await _create(app, old)
    assert "exists already, with the same content" in text_of(answer.text) or answer.url.partition("#")[
        0
    ].endswith("/services/old")
    assert await _names(app) == ["old"]


async def test_checking_creates_nothing(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": GOOD % "one", "step": "check"})
    assert answer.status == 200
    assert "accept it. Nothing was created yet." in text_of(answer.text)
    assert await _names(app) == []


WILL_NOT_WORK = (GOOD % "one").replace("storageUri:", "storage: {path: a}, storageUri:")


async def test_what_will_not_work_is_created_only_when_told_to(app: App) -> None:
    answer = await _create(app, WILL_NOT_WORK)
    assert answer.status == 422
    assert "Both storage and storageUri are given" in text_of(answer.text)
    assert await _names(app) == []
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": WILL_NOT_WORK, "despite": "1"})
    assert answer.status == 200
    assert await _names(app) == ["one"]


VOLUME = (GOOD % "one").replace("s3://models/x", "pvc://weights/x")


async def test_a_claim_that_lacks_is_added_to_the_text(app: App) -> None:
    entered = {"yaml": VOLUME, "step": "claim", "claim": "weights", "claim-class": "fast"}
    async with app.alice as alice:
        page = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": VOLUME, "step": "check"})
        assert "New volume claim weights" in text_of(page.text)
        wrong = await alice.post(f"/n/{NAMESPACE}/create", entered | {"claim-size": "20GB"})
        assert "kind: PersistentVolumeClaim" not in wrong.text
        assert 'value="20GB"' in wrong.text
        assert 'value="fast"' in wrong.text
        done = await alice.post(f"/n/{NAMESPACE}/create", entered | {"claim-size": "20Gi"})
    assert "kind: PersistentVolumeClaim" in done.text
    assert "created with this text" in text_of(done.text)
    assert "New volume claim" not in text_of(done.text)
    assert await _names(app) == []


async def test_a_fix_is_made_in_the_text_and_nothing_is_created(app: App) -> None:
    text = "# mine\n" + (GOOD % "one").replace(
        "{name: one}", "{name: one, annotations: {serving.kserve.io/deploymentMode: Standard}}"
    ).replace("predictor: {", "predictor: {scaleMetric: rps, ")
    async with app.alice as alice:
        answer = await alice.post(
            f"/n/{NAMESPACE}/create", {"yaml": text, "fix": "1:metric-standard:spec.predictor.scaleMetric"}
        )
    assert answer.status == 200
    shown = html.unescape(answer.text)
    assert "# mine" in shown
    assert "predictor: {scaleMetric: cpu, " in shown
    assert "Nothing was created yet." in shown
    assert await _names(app) == []


async def test_checks_answer_while_the_text_is_typed(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create/concerns", {"yaml": WILL_NOT_WORK})
        broken = await alice.post(f"/n/{NAMESPACE}/create/concerns", {"yaml": "a: [1"})
    assert (answer.status, broken.status) == (200, 200)
    assert "storage-both" in answer.text
    assert "<html" not in answer.text
    assert 'id="concerns"' in broken.text


async def test_another_namespace_is_overwritten_and_said(app: App) -> None:
    answer = await _create(app, GOOD.replace("{name: %s}", "{name: moved, namespace: team-vision}"))
    assert "The document specifies namespace team-vision; this page creates in team-risk." in text_of(
        answer.text
    )
    await app.seen("moved")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("a: [1\nb: 2", "line 2, column"),
        ("a: 1\n\tb: 2", "line 2, column 1"),
        ("- 1\n- 2", "A document must be a mapping"),
        ("just words", "A document must be a mapping"),
        ("", "There is nothing to create"),
        ("---\n---\n", "There is nothing to create"),
        ("apiVersion: v1", "kind is missing"),
        ("kind: InferenceService", "apiVersion is missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: x}", "This page supports InferenceService"),
        ((GOOD % "x").replace("name: x", "generateName: x-"), "Set metadata.name, for example x-1"),
        ("apiVersion: serving.kserve.io/v1alpha2\nkind: InferenceService", "serving.kserve.io/v1beta1"),
        ("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService", "metadata must be a mapping"),
        (
            "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {}",
            "metadata.name is missing",
        ),
        (GOOD % "yes", "metadata.name must be text"),
        (GOOD % "Bad_Name", "The field metadata.name is not valid"),
        (GOOD % "bad.name", "a InferenceService name must consist of"),
        (
            (GOOD % "x").replace("modelFormat:", "modelFormatt:"),
            "No such field: spec.predictor.model.modelFormatt",
        ),
        ((GOOD % "x").replace("{name: x}", "{name: x, name: y}"), "Duplicate key name"),
        ((GOOD % "x").replace("{name: x}", "{name: x, labels: {a: 1}}"), "metadata.labels"),
        (
            (GOOD % "x").replace("predictor: {", "predictor: {minReplicas: 5, maxReplicas: 2, "),
            "'MinReplicas' cannot be greater than MaxReplicas",
        ),
        (
            (GOOD % "x").replace("predictor: {", "predictor: {minReplicas: many, "),
            "spec.predictor.minReplicas",
        ),
    ],
)
async def test_bad_input_is_named_and_kept(app: App, yaml: str, said: str) -> None:
    answer = await _create(app, yaml)
    assert answer.status == 422
    assert said in text_of(html.unescape(answer.text))
    assert html.escape(yaml.strip(), quote=False)[:40] in answer.text.replace("&#34;", '"').replace(
        "&#39;", "'"
    )
    assert await _names(app) == []


async def test_aliases_that_blow_up_are_refused(app: App) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]" for i in range(8)
    )
    answer = await _create(app, bomb)
    assert answer.status == 422
    assert "contains more than 50000 values" in text_of(answer.text)


async def test_more_than_a_mebibyte_is_refused(app: App) -> None:
    answer = await _create(app, "# " + "a" * 1_100_000)
    assert answer.status == 422
    assert "The text is larger than 1048576 bytes." in text_of(answer.text)
    assert "aaaaa" in answer.text


async def test_far_too_much_is_not_even_read(app: App) -> None:
    answer = await _create(app, "a" * 4_000_000)
    assert answer.status == 413


async def test_a_reader_may_not_create(app: App) -> None:
    async with app.bob as bob:
        answer = await bob.post(f"/n/{NAMESPACE}/create", {"yaml": GOOD % "mine"})
    assert answer.status == 422
    assert "needs permission to create inferenceservices.serving.kserve.io in namespace team-risk" in text_of(
        answer.text
    )
    assert await _names(app) == []


PASTED = Path(__file__).resolve().parent.parent / "data" / "pasted"


async def test_what_kubectl_printed_is_created_as_a_copy(app: App) -> None:
    answer = await _create(app, (PASTED / "12-copy-of-a-service.yaml").read_text())
    words = text_of(answer.text)
    assert answer.status == 200, words
    assert (
        "Omitted because only the cluster sets these fields: metadata.uid, metadata.resourceVersion" in words
    )
    assert "status" in words.partition("Omitted")[2]
    assert await _names(app) == ["fraud-copy"]
    copy = await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="fraud-copy")
    assert copy["metadata"]["uid"] != "0b7f3c1e-5a77-4f0e-9b1e-2d6a1f0c9e42"
    assert "annotations" not in copy["metadata"] or not any(
        "last-applied" in key for key in copy["metadata"]["annotations"]
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
async def test_the_items_of_a_list_are_created_and_reported(app: App, mark: str) -> None:
    answer = await _create(app, mark + (PASTED / "13-list-of-objects.yaml").read_text())
    words = text_of(answer.text)
    assert answer.status == 200, words
    assert "2 documents were created." in words
    assert await _names(app) == ["listed-one", "listed-two"]
    assert "line 7" in words
    assert "line 16" in words


async def test_joined_files_with_marks_are_documents(app: App) -> None:
    joined = "".join(f"\ufeff---\n{GOOD % name}" for name in ("one", "two"))
    assert (await _create(app, joined)).status == 200
    assert await _names(app) == ["one", "two"]


async def test_a_field_is_found_by_its_path(app: App) -> None:
    yaml = (
        "kind: List\napiVersion: v1\nitems:\n"
        + GOOD.replace("\n", "\n  ").rstrip().join(["- ", "\n"]) % "one"
        + """\
- apiVersion: serving.kserve.io/v1beta1
  kind: InferenceService
  metadata:
    name: two
    labels: {storageURI: x}
  spec:
    predictor:
      model:
        modelFormat: {name: sklearn}
        storageURI: s3://models/x
"""
    )
    answer = await _create(app, yaml)
    assert answer.status == 422
    expected = yaml.splitlines().index("        storageURI: s3://models/x") + 1
    assert f"line {expected}" in text_of(answer.text).lower()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("14-values-in-quotes.yaml", {7: "quotes", 8: "quotes", 22: "quotes", 26: "no field"}),
        (
            "quotes.yaml",
            {
                8: "quotes",
                10: "quotes",
                14: "no field",
                16: "quotes",
                22: "quotes",
                27: "quotes",
                28: "no field",
            },
        ),
    ],
)
async def test_all_that_is_wrong_is_told_at_once_each_at_its_line(
    app: App, name: str, lines: dict[int, str]
) -> None:
    answer = await _create(app, (PASTED / name).read_text())
    assert answer.status == 422
    items = re.findall(r'<li class="mw-problem">(.*?)</li>', answer.text, re.DOTALL)
    told = {int(re.findall(r'data-line="(\d+)"', item)[0]): text_of(html.unescape(item)) for item in items}
    assert told.keys() == lines.keys()
    for line, said in lines.items():
        assert {"quotes": "must be text; write it in quotes", "no field": "No such field"}[said] in told[line]
    assert await _names(app) == []


async def test_a_webhook_that_does_not_answer_is_no_mistake_of_the_text(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (
        'Internal error occurred: failed calling webhook "inferenceservice.kserve-webhook-server.defaulter": failed to '
        'call webhook: Post "https://kserve-webhook-server-service.kserve.svc:443/mutate?timeout=10s": connection refused'
    )

    async def away(*_: object, **__: object) -> None:
        body = {"kind": "Status", "code": 500, "reason": "InternalError", "message": said}
        raise error_from_status({**body, "details": {"causes": [{"message": "failed calling webhook"}]}})

    monkeypatch.setattr(KubeClient, "create", away)
    answer = await _create(app, GOOD % "one")
    words = text_of(html.unescape(answer.text))
    assert answer.status == 503
    assert "A webhook of the cluster is not responding" in words
    assert "More may be wrong" not in words
    assert "metadata: {name: one}" in html.unescape(answer.text)


async def test_the_form_begins_with_a_template(app: App) -> None:
    async with app.alice as alice:
        page = await alice.get(f"/n/{NAMESPACE}/create?template=onnx")
        other = await alice.get(f"/n/{NAMESPACE}/create?template=<b>")
    assert "onnx-model" in page.text
    assert "?template=graph" in page.text
    assert "There is no template" in text_of(other.text)
    assert (
        "<b>"
        not in other.text.partition("</head>")[2]
        .replace("<b></b>", "")
        .partition("<textarea")[0]
        .partition("mw-alert")[2]
    )


async def test_a_link_from_a_registry_leads_to_a_form_that_is_filled_in(app: App) -> None:
    query = "uri=hf://org/m&name=mine&format=huggingface&colour=red"
    async with app.alice as alice:
        page = await alice.get(f"/create?ns={NAMESPACE}&{query}")
        assert page.url.partition("?")[0].endswith(f"/n/{NAMESPACE}/create")
        shown = html.unescape(page.text)
        assert "storageUri: hf://org/m" in shown
        assert "name: mine" in shown
        assert "Ignored of the address of this page: colour" in text_of(page.text)
        choice = await alice.get(f"/create?{query}")
        assert f"/n/{NAMESPACE}/create?uri=hf" in html.unescape(choice.text)
    assert await _names(app) == []


async def test_a_service_is_cloned_and_one_that_is_gone_made_again(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        page = await alice.get(f"/n/{NAMESPACE}/create?from=one")
        assert "name: one-copy" in html.unescape(page.text)
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="one")

        async def is_gone() -> bool:
            page = await alice.get(f"/n/{NAMESPACE}/services/one")
            return f"/n/{NAMESPACE}/create?from=one" in page.text and "Create again" in page.text

        await until(is_gone)
        again = await alice.get(f"/n/{NAMESPACE}/create?from=one")
        assert "name: one\n" in html.unescape(again.text)
        answer = await alice.get(f"/n/{NAMESPACE}/create?from=no-such")
        assert answer.status == 404


async def test_an_object_of_another_kind_leads_to_its_page_and_is_cloned_from_there(app: App) -> None:
    document = """\
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelNamespaceCache
metadata:
  name: kept
spec:
  sourceModelUri: hf://org/model
  modelSize: 1Gi
  nodeGroups: [gpu-nodes]
"""
    page = f"/n/{NAMESPACE}/localmodelnamespacecaches/kept"
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": document})
        assert answer.url.partition("#")[0].endswith(page), text_of(answer.text)
        there = f"/n/{NAMESPACE}/create?from=kept&kind=localmodelnamespacecaches"
        assert there in html.unescape((await alice.get(page)).text)
        copied = await alice.get(there)
        assert "name: kept-copy" in html.unescape(copied.text)
        for kind in ("pods", "localmodelcaches", "x" * 300):
            assert (await alice.get(f"/n/{NAMESPACE}/create?from=kept&kind={kind}")).status == 404


async def test_who_may_not_see_a_service_gets_no_copy(app: App) -> None:
    await app.add("one")
    async with app.person("nobody@example.com") as nobody:
        answer = await nobody.get(f"/n/{NAMESPACE}/create?from=one")
    assert answer.status == 403


@pytest.mark.parametrize("fix", ["1" * 5000 + ":x:y", "x", "1:x", "9:metric-standard:a", "\u0663:x:y", ":::"])
async def test_a_fix_that_there_is_not_changes_nothing_and_says_so(app: App, fix: str) -> None:
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": GOOD % "one", "fix": fix})
    assert answer.status == 200
    assert "The fix could not be made in this text." in text_of(answer.text)
    assert html.escape(GOOD % "one", quote=False)[:40] in answer.text
    assert await _names(app) == []


async def test_a_trial_says_what_the_cluster_would_set_beside_what_was_written(app: App) -> None:
    legacy = (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: old}\n"
        "spec: {predictor: {sklearn: {storageUri: 'gs://b/m'}}}\n"
    )
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": legacy, "step": "check"})
    words = text_of(answer.text)
    assert "fields beside what you wrote" in words, words
    assert "spec.predictor.model" in words
    assert await _names(app) == []
