"""Editing: a review of exactly what would change, merged with what others changed; nothing that was typed is lost."""

import html
import re
from typing import Any

import pytest
from tests.running import NAMESPACE, App, Person, Reply, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_SERVICE

PATH = f"/n/{NAMESPACE}/services/one/edit"


async def _opened(app: App, person: Person) -> dict[str, str]:
    """The form as the browser would send it."""
    await app.add("one")
    page = await person.get(PATH)
    assert page.status == 200
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return {
        "uid": fields["uid"],
        "base": html.unescape(fields["base"]),
        "yaml": html.unescape(fields["base"]),
    }


def _reviewed(answer: Reply) -> str:
    return str(re.findall(r'name="reviewed" value="(\w*)"', answer.text)[0])


async def _live(app: App) -> dict[str, Any]:
    return await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="one")


async def test_an_edit_is_reviewed_then_saved(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
        words = text_of(answer.text)
        assert answer.status == 200
        assert "Nothing was saved yet." in words
        assert "spec.predictor.maxReplicas" in words
        assert "maxReplicas" not in (await _live(app))["spec"]["predictor"]
        saved = await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
        assert saved.url.partition("#")[0].endswith("/services/one")
    assert (await _live(app))["spec"]["predictor"]["maxReplicas"] == 7


async def test_what_was_not_reviewed_is_not_saved(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
        form["yaml"] = form["yaml"].replace("maxReplicas: 7", "maxReplicas: 8")
        again = await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    assert "Nothing was saved yet." in text_of(again.text)
    assert "maxReplicas" not in (await _live(app))["spec"]["predictor"]


async def test_nothing_to_change_is_said(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        answer = await alice.post(PATH, {**form, "step": "review"})
    assert "Nothing would change." in text_of(answer.text)
    assert 'value="save"' not in answer.text


async def test_what_others_changed_is_merged_in(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        theirs = {"spec": {"predictor": {"minReplicas": 2}}, "metadata": {"labels": {"team": "risk"}}}
        await app.cluster.patch(INFERENCE_SERVICE, theirs, namespace=NAMESPACE, name="one")
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
        words = text_of(answer.text)
        assert "changed by others since you opened the page" in words
        await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    predictor = (await _live(app))["spec"]["predictor"]
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (2, 7)


@pytest.mark.parametrize(("choice", "left"), [("mine", 7), ("theirs", 5)])
async def test_what_both_changed_waits_for_a_choice(app: App, choice: str, left: int) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        theirs = {"spec": {"predictor": {"maxReplicas": 5}}}
        await app.cluster.patch(INFERENCE_SERVICE, theirs, namespace=NAMESPACE, name="one")
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
        assert answer.status == 422
        assert "1 field was changed on both sides" in text_of(answer.text)
        assert "merged in" not in text_of(answer.text)
        assert "maxReplicas: 7" in html.unescape(answer.text)
        assert 'value="save"' not in answer.text
        values = re.findall(r'name="choice:spec.predictor.maxReplicas" value="(\w+:\w+)"', answer.text)
        form["choice:spec.predictor.maxReplicas"] = next(one for one in values if one.startswith(choice))
        answer = await alice.post(PATH, {**form, "step": "review"})
        assert answer.status == 200
        if choice == "mine":
            await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    assert (await _live(app))["spec"]["predictor"]["maxReplicas"] == left


async def test_a_status_that_is_written_all_the_time_is_no_conflict(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        status = {"status": {"observedGeneration": 7, "conditions": []}}
        await app.cluster.patch(
            INFERENCE_SERVICE, status, namespace=NAMESPACE, name="one", subresource="status"
        )
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
        await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    assert (await _live(app))["spec"]["predictor"]["maxReplicas"] == 7


async def test_one_that_was_deleted_meanwhile_keeps_the_text(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        form["yaml"] += "# mine\n"
        await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="one")
        answer = await alice.post(PATH, {**form, "step": "review"})
    assert answer.status == 422
    assert "The object was deleted meanwhile. Nothing was saved." in text_of(answer.text)
    assert "# mine" in answer.text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("name: one", "name: two", "metadata.name cannot be changed: it must stay one"),
        ("kind: InferenceService", "kind: InferenceGraph", "cannot be created"),
        ("minReplicas: 1", "minReplicas: -1", "MinReplicas' cannot be less than 0"),
        ("predictor:\n", "predictor:\n    minReplica: 1\n", "minReplica"),
        ("spec:", "---\nspec:", "apiVersion is missing"),
        ("spec:", "\tspec:", "A tab stands here"),
    ],
)
async def test_bad_input_is_named_and_kept(app: App, before: str, after: str, said: str) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        form["yaml"] = form["yaml"].replace(before, after, 1)
        answer = await alice.post(PATH, {**form, "step": "review"})
    assert answer.status == 422
    assert said in text_of(html.unescape(answer.text))
    assert after in html.unescape(answer.text)


@pytest.mark.parametrize("field", ["base", "uid"])
@pytest.mark.parametrize("value", ["", "nonsense", "a: [1", "- 1"])
async def test_a_form_that_is_no_page_of_ours_is_no_failure_of_ours(app: App, field: str, value: str) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        answer = await alice.post(PATH, {**form, field: value, "step": "save"})
    assert answer.status == 422


async def test_a_reader_sees_the_text_and_may_not_edit(app: App) -> None:
    await app.add("one")
    async with app.bob as bob:

        async def is_there() -> bool:
            return (await bob.get(PATH)).status == 200

        await until(is_there)
        page = await bob.get(PATH)
        assert "You may not patch inferenceservices.serving.kserve.io in team-risk" in text_of(page.text)
        assert "<textarea" not in page.text
        answer = await bob.post(PATH, {"yaml": "a: 1", "base": "a: 1", "uid": "x"})
        assert answer.status in {403, 422}


async def test_who_applies_it_is_said(app: App) -> None:
    await app.add("one")
    label = {"metadata": {"labels": {"argocd.argoproj.io/instance": "models"}}}
    await app.cluster.patch(INFERENCE_SERVICE, label, namespace=NAMESPACE, name="one")
    async with app.alice as alice:

        async def is_said() -> bool:
            return "Argo CD applies this object and will undo the edit" in text_of(
                (await alice.get(PATH)).text
            )

        await until(is_said)


async def test_a_choice_holds_only_for_what_was_seen(app: App) -> None:
    async with app.alice as alice:
        form = await _opened(app, alice)
        form["yaml"] = form["yaml"].replace("predictor:\n", "predictor:\n    maxReplicas: 7\n", 1)
        for value in (5, 6):
            theirs = {"spec": {"predictor": {"maxReplicas": value}}}
            await app.cluster.patch(INFERENCE_SERVICE, theirs, namespace=NAMESPACE, name="one")
            answer = await alice.post(PATH, {**form, "step": "save"})
            assert answer.status == 422
            values = re.findall(r'name="(choice:[^"]+)" value="(mine:\w+)"', answer.text)
            form |= dict(values)
    assert (await _live(app))["spec"]["predictor"]["maxReplicas"] == 6


async def test_the_last_annotation_that_is_shown_can_be_taken_away(app: App) -> None:
    hidden = "kubectl.kubernetes.io/last-applied-configuration"
    await app.add("one")
    annotations = {"metadata": {"annotations": {hidden: "{}", "mine": "1"}}}
    await app.cluster.patch(INFERENCE_SERVICE, annotations, namespace=NAMESPACE, name="one")
    async with app.alice as alice:

        async def is_seen() -> bool:
            return "mine: " in html.unescape((await alice.get(PATH)).text)

        await until(is_seen)
        page = await alice.get(PATH)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        base = html.unescape(fields["base"])
        text = re.sub(r"  annotations:\n(    .*\n)+", "", base)
        assert text != base
        form = {"uid": fields["uid"], "base": base, "yaml": text}
        answer = await alice.post(PATH, {**form, "step": "review"})
        assert answer.status == 200, text_of(answer.text)
        await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    left = (await _live(app))["metadata"].get("annotations") or {}
    assert "mine" not in left
    assert left[hidden] == "{}"
