"""The text with which a new object begins: a template, an address from a model registry, or what there is already."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from modelsweb.manifests.document import dump
from modelsweb.manifests.merge import editable
from modelsweb.manifests.storage import guessed_format, name_of, without_user
from modelsweb.topology.stop import STOP

BLANK = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name:
spec:
  predictor:
    model:
      modelFormat:
        name:
      storageUri:
"""
"""What every service of a model says, for the form to fill in."""
MAX_VALUE = 2_048
LINK_KEYS = ("uri", "name", "format", "version", "runtime")
"""What a link from a model registry may say."""
_OTHER_KEYS = {"lang", "theme", "ns", "namespace"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingPoint:
    """The text, and what of a link was left out: keys that mean nothing here, values that are too long, a user in an
    address."""

    text: str
    ignored: tuple[str, ...] = ()
    has_dropped_user: bool = False


@cache
def templates() -> Mapping[str, str]:
    """All templates, by their keys in the order of the alphabet."""
    folder = resources.files(__package__) / "templates"
    files = (one for one in folder.iterdir() if one.name.endswith(".yaml"))
    found = sorted(files, key=lambda one: one.name)
    return {one.name.removesuffix(".yaml"): one.read_text() for one in found}


def from_link(given: Mapping[str, str]) -> StartingPoint:
    """What a link says, as a text to go on with; nothing in it is believed to be more than text."""
    ignored = [key for key in given if key not in LINK_KEYS and key not in _OTHER_KEYS]
    said = {key: given[key].strip() for key in LINK_KEYS if given.get(key, "").strip()}
    for key, words in list(said.items()):
        if len(words) > MAX_VALUE or not words.isprintable():
            ignored.append(key)
            del said[key]
    given_uri = said.get("uri", "")
    uri = without_user(given_uri)
    model: dict[str, Any] = {"modelFormat": {"name": said.get("format") or guessed_format(uri)}}
    if version := said.get("version"):
        model["modelFormat"]["version"] = version
    if runtime := said.get("runtime"):
        model["runtime"] = runtime
    model["storageUri"] = uri
    value: dict[str, Any] = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": said.get("name") or name_of(uri)},
        "spec": {"predictor": {"model": model}},
    }
    return StartingPoint(text=dump(value), ignored=tuple(ignored), has_dropped_user=uri != given_uri)


def copy_of(raw: Mapping[str, Any], *, is_taken: bool) -> StartingPoint:
    """An object to be made again from another, or from one that is gone: neither stopped nor with a canary, and under another
    name where its own is taken."""
    value = editable(raw)
    metadata = {key: one for key, one in value["metadata"].items() if key != "namespace"}
    if is_taken:
        metadata["name"] = f"{metadata['name']}-copy"
    annotations = {key: one for key, one in (metadata.get("annotations") or {}).items() if key != STOP}
    metadata |= {"annotations": annotations} if annotations else {}
    if not annotations:
        metadata.pop("annotations", None)
    spec = value.get("spec")
    if isinstance(spec, dict):
        value["spec"] = {key: one for key, one in spec.items() if key != "canary"}
    return StartingPoint(text=dump({**value, "metadata": metadata}))
