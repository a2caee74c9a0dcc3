"""The form beside the YAML: one document, whichever of the two is changed, with and without a script."""

import html
import json
import re

from tests.running import NAMESPACE, App, text_of

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.starting_point import BLANK

_CREATE = f"/n/{NAMESPACE}/create"


def _edited(answer: str) -> str | None:
    found = re.search(r"data-edited='([^']*)'", answer)
    return json.loads(html.unescape(found[1])) if found is not None else None


def _text(answer: str) -> str:
    found = re.search(r'<textarea[^>]*name="yaml"[^>]*>\n?(.*?)</textarea>', answer, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def test_an_address_is_enough_to_create_a_service(app: App) -> None:
    async with app.alice as alice:
        page = await alice.get(_CREATE)
        assert _text(page.text) == BLANK
        fields = {"yaml": BLANK, "was:uri": "", "form:uri": "gs://models/sklearn/1.0/model"}
        answer = await alice.post(_CREATE, fields)
    assert answer.url.partition("#")[0].endswith(f"/n/{NAMESPACE}/services/sklearn")


async def test_what_is_filled_in_comes_back_as_text_and_form(app: App) -> None:
    async with app.alice as alice:
        fields = {"yaml": BLANK, "was:name": "", "form:name": "mine", "was:cpu": "", "form:cpu": "2"}
        answer = await alice.post(_CREATE + "/concerns", fields)
    edited = _edited(answer.text)
    assert edited is not None
    assert "  name: mine\n" in edited
    assert "cpu: '2'" in edited
    assert 'name="form:name"' in answer.text
    assert 'hx-target="#concerns"' in answer.text


async def test_what_was_not_touched_is_not_written(app: App) -> None:
    """Without a script the form is as old as the page, and the text newer."""
    source = BLANK.replace("  name:\n", "  name: typed\n", 1)
    async with app.alice as alice:
        fields = {"yaml": source, "was:name": "", "form:name": "", "step": "check"}
        answer = await alice.post(_CREATE, fields)
    assert _text(answer.text) == source


async def test_a_bad_value_is_kept_beside_its_field_and_nothing_is_sent(app: App) -> None:
    fields = {"yaml": BLANK, "was:uri": "", "form:uri": "s3://a/b", "was:memory": "", "form:memory": "4GB"}
    async with app.alice as alice:
        answer = await alice.post(_CREATE, fields)
    assert answer.status == 422
    assert "Not a valid quantity. Enter it like this: 4G, 4Gi" in text_of(answer.text)
    assert 'value="4GB"' in answer.text
    assert "storageUri: s3://a/b\n" in _text(answer.text)
    items, _ = await app.cluster.list_all(INFERENCE_SERVICE, namespace=NAMESPACE)
    assert items == []


async def test_a_text_that_cannot_be_read_makes_the_form_wait(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(_CREATE + "/concerns", {"yaml": "a: [", "was:name": "", "form:name": "x"})
    assert answer.status == 200
    assert "The form waits until the YAML can be read." in text_of(answer.text)
    assert _edited(answer.text) is None


async def test_a_text_without_a_service_has_no_form(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(_CREATE + "/concerns", {"yaml": "kind: Secret\n"})
    assert "this text describes none" in text_of(answer.text)


async def test_fields_that_mean_nothing_are_passed_over(app: App) -> None:
    fields = {"yaml": BLANK, "form:colour": "red", "was:name": "a" * 5_000, "form:": "x"}
    async with app.alice as alice:
        answer = await alice.post(_CREATE + "/concerns", fields)
    assert answer.status == 200
    assert _edited(answer.text) is None


async def test_an_edit_by_the_form_is_reviewed(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        path = f"/n/{NAMESPACE}/services/one/edit"
        page = await alice.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(uid|base)" value="([^"]*)"', page.text))
        fields = {name: html.unescape(value) for name, value in hidden.items()}
        fields |= {
            "yaml": _text(page.text),
            "step": "review",
            "was:max-replicas": "",
            "form:max-replicas": "4",
        }
        answer = await alice.post(path, fields)
    words = text_of(answer.text)
    assert answer.status == 200, words
    assert "spec.predictor.maxReplicas" in words
    assert "maxReplicas: 4\n" in _text(answer.text)
    name = re.search(r'<input id="field-name"[^>]*>', page.text)
    assert name is not None
    assert "disabled" in name[0]


async def test_another_document_of_the_text_gets_the_form_and_the_changes_go_to_their_own(app: App) -> None:
    one = BLANK.replace("  name:\n", "  name: one\n", 1)
    graph = (
        "apiVersion: serving.kserve.io/v1alpha1\nkind: InferenceGraph\nmetadata:\n  name: both\nspec: {}\n"
    )
    source = f"{one}---\n{graph}"
    fields = {"yaml": source, "document-was": "1", "document": "2", "was:name": "one", "form:name": "first"}
    async with app.alice as alice:
        answer = await alice.post(_CREATE + "/concerns", fields)
        edited = _edited(answer.text)
        assert edited is not None
        assert edited == source.replace("name: one", "name: first")
        assert '<option value="2" selected>InferenceGraph both</option>' in answer.text
        assert 'name="form:graph-router"' in answer.text
        fields = {
            "yaml": edited,
            "document-was": "2",
            "document": "2",
            "was:graph-router": "",
            "form:graph-router": "Switch",
        }
        answer = await alice.post(_CREATE + "/concerns", fields)
        edited = _edited(answer.text)
        assert edited is not None
        assert "      routerType: Switch\n" in edited
        odd = await alice.post(_CREATE + "/concerns", {**fields, "document": "9999999", "document-was": "x"})
        assert odd.status == 200
