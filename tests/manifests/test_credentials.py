"""What opens the storage of a model, and what is entered for it."""

import json

import pytest

from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import (
    Known,
    Mistake,
    Part,
    SecretLink,
    Storage,
    chain,
    fits,
    mistakes,
    secret,
    storage_of,
)
from modelsweb.objects.obj import Obj

KEY_FILE = json.dumps({"client_email": "a@b", "private_key": "-----BEGIN"})


def service(uri: str, account: str = "", **annotations: str) -> Obj:
    predictor = {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": uri}}
    return Obj(
        {
            "kind": "InferenceService",
            "metadata": {"name": "x", "annotations": annotations},
            "spec": {"predictor": predictor | ({"serviceAccountName": account} if account else {})},
        }
    )


def account(name: str, *secrets: str, **annotations: str) -> Obj:
    return Obj(
        {
            "kind": "ServiceAccount",
            "metadata": {"name": name, "annotations": annotations},
            "secrets": [{"name": one} for one in secrets],
        }
    )


@pytest.mark.parametrize(
    ("uri", "storage"),
    [
        ("s3://b/m", Storage.S3),
        ("gs://b/m", Storage.GCS),
        ("hf://o/m", Storage.HUGGING_FACE),
        ("https://a.blob.core.windows.net/c/m", Storage.AZURE),
        ("https://example.com/m", Storage.WEB),
        ("oci+native://r/m", Storage.OCI),
        ("pvc://c/m", Storage.VOLUME),
        ("/mnt/models", None),
        ("ftp://x/y", None),
    ],
)
def test_the_scheme_tells_what_opens_it(uri: str, storage: Storage | None) -> None:
    assert storage_of(uri) is storage


def test_the_way_leads_from_the_secret_to_the_account() -> None:
    facts = Facts(
        accounts=(account("models", "keys", "gone"),),
        secrets={"keys": frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})},
    )
    found = chain(service("s3://b/m", "models"), facts)
    assert found is not None
    assert found.account_known is Known.THERE
    assert found.secrets == (
        SecretLink("keys", Known.THERE, fits=True),
        SecretLink("gone", Known.MISSING),
    )


def test_what_may_not_be_listed_is_not_said_to_be_missing() -> None:
    found = chain(service("s3://b/m", "models"), Facts())
    assert found is not None
    assert (found.account_known, found.secrets) == (Known.NOT_CHECKED, None)
    found = chain(service("s3://b/m", "models"), Facts(accounts=(account("models", "keys"),)))
    assert found is not None
    assert found.secrets == (SecretLink("keys", Known.NOT_CHECKED),)
    names_only = Facts(accounts=(account("models", "keys"),), secrets={"keys": None})
    found = chain(service("s3://b/m", "models"), names_only)
    assert found is not None
    assert found.secrets == (SecretLink("keys", Known.THERE),)


def test_what_the_text_makes_is_new() -> None:
    made = Obj({"kind": "Secret", "metadata": {"name": "token"}, "stringData": {"HF_TOKEN": "x"}})
    facts = Facts(accounts=(), secrets={}, documents=(made, account("mine", "token")))
    found = chain(service("hf://o/m", "mine"), facts)
    assert found is not None
    assert found.account_known is Known.NEW
    assert found.secrets == (SecretLink("token", Known.NEW, fits=True),)


def test_an_annotation_names_the_secret_instead_of_the_account() -> None:
    asked = service("s3://b/m", "models", **{"serving.kserve.io/storageSecretName": "other"})
    found = chain(asked, Facts(accounts=(account("models", "keys"),), secrets={}))
    assert found is not None
    assert found.is_direct
    assert found.secrets == (SecretLink("other", Known.MISSING),)


def test_a_role_in_the_cloud_needs_no_secret() -> None:
    facts = Facts(accounts=(account("models", **{"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x"}),))
    found = chain(service("s3://b/m", "models"), facts)
    assert found is not None
    assert found.has_role


@pytest.mark.parametrize(
    ("storage", "given", "wrong"),
    [
        (Storage.S3, {Part.ACCESS_KEY: "a"}, {Part.SECRET_KEY: Mistake.MISSING}),
        (Storage.S3, {Part.ACCESS_KEY: "a b", Part.SECRET_KEY: "s"}, {Part.ACCESS_KEY: Mistake.NOT_ONE_LINE}),
        (Storage.S3, {Part.ACCESS_KEY: "a", Part.SECRET_KEY: "s"}, {}),
        (Storage.GCS, {Part.GCS_JSON: "{}"}, {Part.GCS_JSON: Mistake.NOT_A_KEY_FILE}),
        (Storage.GCS, {Part.GCS_JSON: "[" * 5_000}, {Part.GCS_JSON: Mistake.NOT_A_KEY_FILE}),
        (Storage.GCS, {Part.GCS_JSON: KEY_FILE}, {}),
        (
            Storage.AZURE,
            {Part.SAS_TOKEN: "t", Part.STORAGE_KEY: "k"},
            {Part.CLIENT_ID: Mistake.ONE_OF_THREE},
        ),
        (Storage.AZURE, {Part.SAS_TOKEN: "t"}, {}),
        (Storage.HUGGING_FACE, {Part.HF_TOKEN: "x" * 30_000}, {Part.HF_TOKEN: Mistake.TOO_LONG}),
        (Storage.WEB, {Part.HOST: "a.b", Part.HEADERS: "x"}, {Part.HEADERS: Mistake.NOT_HEADERS}),
        (
            Storage.WEB,
            {Part.HOST: "https://a.b", Part.HEADERS: '{"A": "b"}'},
            {Part.HOST: Mistake.NOT_A_HOST},
        ),
        (
            Storage.OCI,
            {Part.REGISTRY: "r", Part.REGISTRY_USER: "u"},
            {Part.REGISTRY_PASSWORD: Mistake.MISSING},
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_part(
    storage: Storage, given: dict[Part, str], wrong: dict[Part, Mistake]
) -> None:
    assert mistakes(storage, given) == wrong


@pytest.mark.parametrize(
    ("storage", "given"),
    [
        (Storage.S3, {Part.ACCESS_KEY: "a", Part.SECRET_KEY: "s"}),
        (Storage.GCS, {Part.GCS_JSON: KEY_FILE}),
        (Storage.AZURE, {Part.STORAGE_KEY: "k"}),
        (Storage.HUGGING_FACE, {Part.HF_TOKEN: "t"}),
        (Storage.WEB, {Part.HOST: "a.b", Part.HEADERS: '{"A": "b"}'}),
    ],
)
def test_what_is_made_is_what_the_downloader_knows(storage: Storage, given: dict[Part, str]) -> None:
    assert mistakes(storage, given) == {}
    assert fits(storage, secret("x", storage, given=given)["stringData"])


def test_a_registry_gets_the_secret_that_kubelets_read() -> None:
    given = {Part.REGISTRY: "r.example.com", Part.REGISTRY_USER: "u", Part.REGISTRY_PASSWORD: "p"}
    made = secret("x", Storage.OCI, given=given)
    assert made["type"] == "kubernetes.io/dockerconfigjson"
    entry = json.loads(made["stringData"][".dockerconfigjson"])["auths"]["r.example.com"]
    assert (entry["username"], entry["password"], entry["auth"]) == ("u", "p", "dTpw")
