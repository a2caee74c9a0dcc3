"""Adding credentials beside the form: what is entered, what is wrong with it, and what nobody sees again."""

from tests.running import NAMESPACE, App, text_of

from modelsweb.kinds import SECRET, SERVICE_ACCOUNT

PATH = f"/n/{NAMESPACE}/credentials"


async def test_an_address_tells_what_is_asked_for(app: App) -> None:
    async with app.alice as alice:
        page = (await alice.get(PATH + "?uri=hf://meta/llama&account=default")).text
        assert 'name="hf-token"' in page
        assert 'value="llama-hf"' in page
        assert 'value="llama-models"' in page  # not everybody's account
        assert "--from-literal=HF_TOKEN=" in page
        page = (await alice.get(PATH + "?storage=azure")).text
        assert 'name="client-secret"' in page
        assert (await alice.get(PATH + "?storage=none&uri=javascript:x")).status == 200


async def test_what_is_wrong_is_said_and_what_is_secret_does_not_come_back(app: App) -> None:
    form = {
        "storage": "s3",
        "secret": "keys",
        "account": "",
        "access-key": "AKIA",
        "secret-key": "has blanks",
    }
    async with app.alice as alice:
        answer = await alice.post(PATH, form)
    assert answer.status == 422
    words = text_of(answer.text)
    assert "Spaces and line breaks are not allowed here." in words
    assert "Required." in words
    assert 'value="AKIA"' in answer.text
    assert "has blanks" not in answer.text


async def test_a_secret_that_is_not_there_is_not_attached(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(PATH, {"storage": "hf", "secret": "none", "account": "models"})
    assert answer.status == 422
    assert "There is no Secret none here." in text_of(answer.text)
    items, _ = await app.cluster.list_all(SERVICE_ACCOUNT, namespace=NAMESPACE)
    assert b"models" not in b"".join(map(bytes, items))


async def test_who_may_not_create_secrets_reads_so_and_gets_the_lines(app: App) -> None:
    async with app.bob as bob:
        page = await bob.get(PATH + "?uri=s3://b/m")
        assert "You may not create secrets in" in text_of(page.text)
        assert "kubectl -n team-risk create secret generic" in page.text
        answer = await bob.post(PATH, {"storage": "hf", "secret": "t", "account": "models", "hf-token": "x"})
    assert answer.status == 422
    assert "needs permission to create secrets" in text_of(answer.text)
    items, _ = await app.cluster.list_all(SECRET, namespace=NAMESPACE)
    assert items == []


async def test_the_form_shows_the_way_to_the_storage(app: App) -> None:
    async with app.alice as alice:
        form = {"storage": "hf", "secret": "t", "account": "models", "hf-token": "x"}
        assert (await alice.post(PATH, form)).status == 200
        text = (await alice.get(f"/n/{NAMESPACE}/create?uri=hf://a/b&name=b")).text
        assert "ServiceAccount default verified" in text_of(text)
        source = (
            "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: b}\nspec:\n"
            "  predictor:\n    serviceAccountName: models\n"
            "    model: {modelFormat: {name: huggingface}, storageUri: hf://a/b}\n"
        )
        answer = await alice.post(f"/n/{NAMESPACE}/create/concerns", {"yaml": source})
        assert "Secret t verified ServiceAccount models verified this service" in text_of(answer.text)
