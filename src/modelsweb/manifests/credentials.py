"""How a service opens the storage of its model: the account that it runs as, the Secrets of that account, and what is in them.

KServe's downloader takes the keys from the Secrets that the account lists, or from the one that an annotation of the service
names. https://github.com/kserve/kserve/blob/master/pkg/credentials/service_account_credentials.go
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.manifests.check import Facts
from modelsweb.manifests.service_document import PREDICTOR
from modelsweb.manifests.storage import storage_addresses
from modelsweb.objects.obj import Obj

DEFAULT_ACCOUNT = "default"
SECRET_NAME = "serving.kserve.io/storageSecretName"  # noqa: S105 - an annotation
STORAGE_SECRET = "storage-config"  # noqa: S105 - the name of a Secret
_AZURE_HOSTS = (".blob.core.windows.net", ".file.core.windows.net")
_ROLES = ("eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id")
"""With such an annotation the account has rights of its own in the cloud, without a Secret."""


class Storage(StrEnum):
    """Where models come from, by what opens it."""

    S3 = "s3"
    GCS = "gs"
    AZURE = "azure"
    HUGGING_FACE = "hf"
    WEB = "https"
    OCI = "oci"
    VOLUME = "pvc"


_SCHEMES: Mapping[str, Storage] = {
    "s3": Storage.S3,
    "gs": Storage.GCS,
    "hf": Storage.HUGGING_FACE,
    "abfs": Storage.AZURE,
    "abfss": Storage.AZURE,
    "wasb": Storage.AZURE,
    "wasbs": Storage.AZURE,
    "https": Storage.WEB,
    "http": Storage.WEB,
    "oci": Storage.OCI,
    "pvc": Storage.VOLUME,
}
GCS_KEY = "gcloud-application-credentials.json"
KEYS: Mapping[Storage, tuple[frozenset[str], ...]] = {
    Storage.S3: (frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}),),
    Storage.GCS: (frozenset({GCS_KEY}),),
    Storage.AZURE: (
        frozenset({"AZURE_CLIENT_ID"}),
        frozenset({"AZ_CLIENT_ID"}),
        frozenset({"AZURE_ACCESS_TOKEN"}),
        frozenset({"AZURE_STORAGE_ACCESS_KEY"}),
    ),
    Storage.HUGGING_FACE: (frozenset({"HF_TOKEN"}),),
    Storage.WEB: (frozenset({"https-host", "headers"}),),
}
"""The keys by which the downloader knows a Secret: all of one of these sets."""


class Known(StrEnum):
    """How sure it is that something is there."""

    THERE = "there"
    NEW = "new"
    """This text makes it."""
    MISSING = "missing"
    NOT_CHECKED = "not-checked"
    """Nobody may list it on behalf of the user."""


@dataclass(frozen=True, slots=True)
class SecretLink:
    """A Secret on the way to the storage. ``fits`` says that it has the keys of the storage; None where that is not known."""

    name: str
    known: Known
    fits: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What opens the storage. ``has_role`` says that the account has rights in the cloud by itself, ``is_direct`` that the service
    names the Secret, not the account; ``secrets`` is None where the account is not known."""

    storage: Storage
    account: str
    account_known: Known
    has_role: bool = False
    is_direct: bool = False
    secrets: tuple[SecretLink, ...] | None = ()


def storage_of(uri: str) -> Storage | None:
    """The kind of storage of an address; None for one that nobody opens."""
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return None
    if scheme == "https" and rest.partition("/")[0].endswith(_AZURE_HOSTS):
        return Storage.AZURE
    return _SCHEMES.get(scheme.partition("+")[0])


def account_of(service: Obj) -> str:
    """The account that the predictor runs as."""
    path = PREDICTOR if service.kind == "InferenceService" else ("spec", "template")
    return service.string(*path, "serviceAccountName") or DEFAULT_ACCOUNT


def chain(service: Obj, facts: Facts) -> Chain | None:
    """How the server opens the storage of its model; None where it downloads nothing that anybody locks."""
    uris = [uri for path, uri in storage_addresses(service) if path[:2] in {PREDICTOR, ("spec", "model")}]
    storage = next((found for uri in uris if (found := storage_of(uri)) is not None), None)
    if storage is None:
        return None
    name = account_of(service)
    account, known = account_named(name, facts)
    if direct := service.annotation(SECRET_NAME):
        links: tuple[SecretLink, ...] | None = (_link(direct, facts, storage=storage),)
    elif account is None:
        links = None
    else:
        names = [str(one["name"]) for one in account.items(secrets_field(storage)) if one.get("name")]
        links = tuple(_link(one, facts, storage=storage) for one in names)
    return Chain(
        storage=storage,
        account=name,
        account_known=known,
        has_role=account is not None and any(account.annotation(one) for one in _ROLES),
        is_direct=bool(direct),
        secrets=links,
    )


def account_named(name: str, facts: Facts) -> tuple[Obj | None, Known]:
    """A ServiceAccount of the text or of the namespace, and how sure that is."""
    if new := _in_text("ServiceAccount", name, facts=facts):
        return new, Known.NEW
    if facts.accounts is None:
        return None, Known.NOT_CHECKED
    found = next((one for one in facts.accounts if one.name == name), None)
    return found, Known.MISSING if found is None else Known.THERE


def secret_named(name: str, facts: Facts) -> tuple[frozenset[str] | None, Known]:
    """The keys of a Secret of the text or of the namespace, as far as they are known, and how sure it is that it is there."""
    if new := _in_text("Secret", name, facts=facts):
        return frozenset(map(str, {**new.mapping("data"), **new.mapping("stringData")})), Known.NEW
    if facts.secrets is None:
        return None, Known.NOT_CHECKED
    return facts.secrets.get(name), Known.THERE if name in facts.secrets else Known.MISSING


def _link(name: str, facts: Facts, *, storage: Storage) -> SecretLink:
    keys, known = secret_named(name, facts)
    return SecretLink(name, known, None if keys is None or storage not in KEYS else fits(storage, keys))


def fits(storage: Storage, keys: Iterable[str]) -> bool:
    """Whether a Secret with these keys opens a storage."""
    given = frozenset(keys)
    return any(wanted <= given for wanted in KEYS[storage])


def _in_text(kind: str, name: str, *, facts: Facts) -> Obj | None:
    return next((one for one in facts.documents if one.kind == kind and one.name == name), None)


class Part(StrEnum):
    """What is entered for a Secret, by the names that a page sends. Those of ``SECRET_PARTS`` are shown to nobody again."""

    ENDPOINT = "endpoint"
    REGION = "region"
    ACCESS_KEY = "access-key"
    SECRET_KEY = "secret-key"  # noqa: S105
    GCS_JSON = "gcs-json"
    CLIENT_ID = "client-id"
    TENANT_ID = "tenant-id"
    SUBSCRIPTION_ID = "subscription-id"
    CLIENT_SECRET = "client-secret"  # noqa: S105 - a name
    SAS_TOKEN = "sas-token"  # noqa: S105
    STORAGE_KEY = "storage-key"
    HF_TOKEN = "hf-token"  # noqa: S105
    HOST = "host"
    HEADERS = "headers"
    REGISTRY = "registry"
    REGISTRY_USER = "registry-user"
    REGISTRY_PASSWORD = "registry-password"  # noqa: S105 - a name


SECRET_PARTS = frozenset(
    {
        Part.SECRET_KEY,
        Part.GCS_JSON,
        Part.CLIENT_SECRET,
        Part.SAS_TOKEN,
        Part.STORAGE_KEY,
        Part.HF_TOKEN,
        Part.HEADERS,
        Part.REGISTRY_PASSWORD,
    }
)
PARTS: Mapping[Storage, tuple[Part, ...]] = {
    Storage.S3: (Part.ACCESS_KEY, Part.SECRET_KEY, Part.ENDPOINT, Part.REGION),
    Storage.GCS: (Part.GCS_JSON,),
    Storage.AZURE: (
        Part.CLIENT_ID,
        Part.CLIENT_SECRET,
        Part.TENANT_ID,
        Part.SUBSCRIPTION_ID,
        Part.SAS_TOKEN,
        Part.STORAGE_KEY,
    ),
    Storage.HUGGING_FACE: (Part.HF_TOKEN,),
    Storage.WEB: (Part.HOST, Part.HEADERS),
    Storage.OCI: (Part.REGISTRY, Part.REGISTRY_USER, Part.REGISTRY_PASSWORD),
}
"""What is asked for, by storage."""
_KEY_OF: Mapping[Part, str] = {
    Part.ACCESS_KEY: "AWS_ACCESS_KEY_ID",
    Part.SECRET_KEY: "AWS_SECRET_ACCESS_KEY",
    Part.GCS_JSON: GCS_KEY,
    Part.CLIENT_ID: "AZURE_CLIENT_ID",
    Part.TENANT_ID: "AZURE_TENANT_ID",
    Part.SUBSCRIPTION_ID: "AZURE_SUBSCRIPTION_ID",
    Part.CLIENT_SECRET: "AZURE_CLIENT_SECRET",
    Part.SAS_TOKEN: "AZURE_ACCESS_TOKEN",
    Part.STORAGE_KEY: "AZURE_STORAGE_ACCESS_KEY",
    Part.HF_TOKEN: "HF_TOKEN",
    Part.HOST: "https-host",
    Part.HEADERS: "headers",
}
_PRINCIPAL = frozenset({Part.CLIENT_ID, Part.CLIENT_SECRET, Part.TENANT_ID, Part.SUBSCRIPTION_ID})
_REQUIRED: Mapping[Storage, frozenset[Part]] = {
    Storage.S3: frozenset({Part.ACCESS_KEY, Part.SECRET_KEY}),
    Storage.GCS: frozenset({Part.GCS_JSON}),
    Storage.AZURE: _PRINCIPAL,
    Storage.HUGGING_FACE: frozenset({Part.HF_TOKEN}),
    Storage.WEB: frozenset({Part.HOST, Part.HEADERS}),
    Storage.OCI: frozenset({Part.REGISTRY, Part.REGISTRY_USER, Part.REGISTRY_PASSWORD}),
}
"""What must be entered; for Azure of a service principal, which is one way of three."""
_OF_ONE_LINE = frozenset(Part) - {Part.GCS_JSON, Part.HEADERS}
MAX_PART = 20_000


class Mistake(StrEnum):
    """What is wrong with a part."""

    MISSING = "missing"
    NOT_ONE_LINE = "not-one-line"
    TOO_LONG = "too-long"
    NOT_A_KEY_FILE = "not-a-key-file"
    NOT_HEADERS = "not-headers"
    NOT_A_HOST = "not-a-host"
    ONE_OF_THREE = "one-of-three"
    """A service principal, a SAS token or an account key: exactly one of them."""


def mistakes(storage: Storage, given: Mapping[Part, str]) -> dict[Part, Mistake]:
    """What is wrong with what was entered for a Secret."""
    wrong: dict[Part, Mistake] = {}
    for part, value in given.items():
        if len(value) > MAX_PART:
            wrong[part] = Mistake.TOO_LONG
        elif part in _OF_ONE_LINE and (not value.isprintable() or " " in value):
            wrong[part] = Mistake.NOT_ONE_LINE
    for part in _missing(storage, given):
        wrong.setdefault(part, Mistake.MISSING)
    if storage is Storage.AZURE and not wrong and not _is_one_way(given):
        wrong[Part.CLIENT_ID] = Mistake.ONE_OF_THREE
    if given.get(Part.GCS_JSON) and not _is_key_file(given[Part.GCS_JSON]):
        wrong.setdefault(Part.GCS_JSON, Mistake.NOT_A_KEY_FILE)
    if given.get(Part.HEADERS) and not _is_of_headers(given[Part.HEADERS]):
        wrong.setdefault(Part.HEADERS, Mistake.NOT_HEADERS)
    for part in (Part.HOST, Part.REGISTRY):
        if "/" in given.get(part, ""):
            wrong.setdefault(part, Mistake.NOT_A_HOST)
    return wrong


def _missing(storage: Storage, given: Mapping[Part, str]) -> set[Part]:
    if storage is Storage.AZURE and not any(given.get(part) for part in _PRINCIPAL):
        return set()
    return {part for part in _REQUIRED[storage] if not given.get(part)}


def usual_keys(storage: Storage) -> tuple[str, ...]:
    """The keys of a Secret that opens a storage, where it is made by hand; none of a registry, whose Secrets have a type of their
    own."""
    return tuple(sorted(_KEY_OF[part] for part in _REQUIRED[storage] if part in _KEY_OF))


def _is_one_way(given: Mapping[Part, str]) -> bool:
    ways = (
        any(given.get(part) for part in _PRINCIPAL),
        bool(given.get(Part.SAS_TOKEN)),
        bool(given.get(Part.STORAGE_KEY)),
    )
    return sum(ways) == 1


def _is_key_file(value: str) -> bool:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(
        isinstance(found.get(key), str) for key in ("client_email", "private_key")
    )


def _is_of_headers(value: str) -> bool:
    """A JSON object of texts, as the downloader reads it."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found) and all(isinstance(one, str) for one in found.values())


def secret(name: str, storage: Storage, *, given: Mapping[Part, str]) -> dict[str, Any]:
    """The Secret for what was entered, in which nothing is wrong."""
    annotations: dict[str, str] = {}
    if storage is Storage.S3:
        scheme, separator, host = given.get(Part.ENDPOINT, "").rpartition("://")
        annotations = {
            **({"serving.kserve.io/s3-endpoint": host} if host else {}),
            **({"serving.kserve.io/s3-usehttps": "0" if scheme == "http" else "1"} if separator else {}),
            **({"serving.kserve.io/s3-region": given[Part.REGION]} if given.get(Part.REGION) else {}),
        }
    made = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, **({"annotations": annotations} if annotations else {})},
    }
    if storage is Storage.OCI:
        return {
            **made,
            "type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": _docker_config(given)},
        }
    data = {_KEY_OF[part]: given[part] for part in PARTS[storage] if part in _KEY_OF and given.get(part)}
    return {**made, "type": "Opaque", "stringData": data}


def _docker_config(given: Mapping[Part, str]) -> str:
    """https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/"""
    user, password = given[Part.REGISTRY_USER], given[Part.REGISTRY_PASSWORD]
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    entry = {"username": user, "password": password, "auth": auth}
    return json.dumps({"auths": {given[Part.REGISTRY]: entry}})


def secrets_field(storage: Storage) -> str:
    """Where an account lists the Secrets that open a storage."""
    return "imagePullSecrets" if storage is Storage.OCI else "secrets"


def new_account(name: str, secret_name: str, *, storage: Storage) -> dict[str, Any]:
    """A new ServiceAccount with a Secret."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name},
        secrets_field(storage): [{"name": secret_name}],
    }
