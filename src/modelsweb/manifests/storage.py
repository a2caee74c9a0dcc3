"""The addresses from which a document has models downloaded."""

import re
from collections.abc import Iterator

from modelsweb.manifests.service_document import Path, components
from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import FRAMEWORKS

_AT_IN_HOST = ("oci", "abfs", "wasb")
"""In these schemes an @ belongs to the address: a digest, or an account."""
_LONGEST_NAME = 40
_ENDINGS = {
    "onnx": "onnx",
    "pmml": "pmml",
    "pkl": "sklearn",
    "joblib": "sklearn",
    "bst": "xgboost",
    "ubj": "xgboost",
    "mar": "pytorch",
    "pt": "pytorch",
    "pth": "pytorch",
    "pdmodel": "paddle",
    "savedmodel": "tensorflow",
    "safetensors": "huggingface",
}
_SAYS_NOTHING = re.compile(r"v?[0-9][-0-9.]*|models?|latest|main|artifacts?|weights|saved_model")
_WORDS = ("sklearn", "xgboost", "lightgbm", "tensorflow", "onnx", "pmml", "paddle", "mlflow")
"""Formats whose names people write into the paths of their models."""


def without_user(uri: str) -> str:
    """An address without the user and the password in it; as it was where there are none."""
    scheme, separator, rest = uri.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or "@" not in host or scheme.startswith(_AT_IN_HOST):
        return uri
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def name_of(uri: str) -> str:
    """A name that KServe takes, from the last part of an address that names more than a version or "model"."""
    parts = [_without_ending(part) for part in uri.lower().partition("://")[2].rstrip("/").split("/")]
    telling = [part for part in parts[1:] if part and not _SAYS_NOTHING.fullmatch(part)]
    last = (telling or parts[-1:])[-1]
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in last)
    return letters.lstrip("0123456789-")[:_LONGEST_NAME].strip("-") or "my-model"


def _without_ending(part: str) -> str:
    name, _, ending = part.rpartition(".")
    return name if name and ending in _ENDINGS else part


def guessed_format(uri: str) -> str:
    """The format that an address tells by its scheme, its ending or a folder; empty where it tells none."""
    scheme, _, path = uri.lower().partition("://")
    if scheme == "hf":
        return "huggingface"
    parts = path.rstrip("/").split("/")
    if found := _ENDINGS.get(parts[-1].rpartition(".")[2] if "." in parts[-1] else ""):
        return found
    words = {word for part in parts for word in re.split(r"[^a-z]+", part)}
    named = [word for word in _WORDS if word in words]
    return named[0] if len(named) == 1 else ""


def storage_addresses(service: Obj) -> Iterator[tuple[Path, str]]:
    """Each address with the path of its field."""
    if uri := service.string("spec", "model", "uri"):  # of an LLM service
        yield ("spec", "model", "uri"), uri
    for path, component in components(service):
        for form in ("model", *FRAMEWORKS, "art"):
            if uri := Obj(component).string(form, "storageUri"):
                yield (*path, form, "storageUri"), uri
        for number, one in enumerate(Obj(component).items("storageUris")):
            if isinstance(one.get("uri"), str):
                yield (*path, "storageUris", number, "uri"), one["uri"]
