"""Answers held against the OpenAPI document, and calls as the documentation writes them."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import msgspec

from modelsweb.config import AuthConfig
from modelsweb.web.api.v1 import openapi

DOCUMENT: dict[str, Any] = msgspec.json.decode(openapi.document("", AuthConfig()))
_PATHS = {
    re.compile("^" + re.sub(r"{\w+}", "[^/]+", path) + "$"): methods
    for path, methods in DOCUMENT["paths"].items()
}
_VARIABLE = re.compile(r"\$(\w+)")


def check(method: str, path: str, *, status: int, headers: Mapping[str, str], text: str) -> None:
    """Fails where an answer is not as the document has it."""
    [operation] = [
        methods[method.lower()]
        for pattern, methods in _PATHS.items()
        if pattern.match(urlsplit(path).path) and method.lower() in methods
    ][:1]
    told = f"{method} {path}: {status} {text[:600]}"
    assert str(status) in operation["responses"], told
    answer = operation["responses"][str(status)]
    for name, header in answer.get("headers", {}).items():
        assert not header.get("required") or name in headers, (name, told)
    if "content" not in answer:
        assert not text, told
        return
    media = headers["Content-Type"]
    assert media in answer["content"] or media.partition(";")[0] in answer["content"], told
    if "json" in media:
        _conforms(json.loads(text), answer["content"][media]["schema"], told=told)
    if media.startswith("text/event-stream"):
        data = answer["content"]["text/event-stream"]["schema"]["properties"]["data"]
        for line in text.split("\n"):  # a log may hold what Python takes for other line ends
            if line.startswith("data: "):
                _conforms(json.loads(line.removeprefix("data: ")), data["contentSchema"], told=told)


def _conforms(value: Any, schema: Any, *, told: str) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    found = list(jsonschema_rs.Draft202012Validator(whole).iter_errors(value))
    assert not found, (told, [one.message for one in found][:3])


@dataclass(frozen=True)
class Call:
    """What a line of curl sends."""

    method: str
    url: str
    headers: Mapping[str, str]
    data: str | None


def curl(command: str, variables: Mapping[str, str]) -> Call:
    """A line of curl with its variables filled in; only what our documentation uses of it is known."""
    words = shlex.split(_VARIABLE.sub(lambda found: variables[found[1]], command.replace("\\\n", " ")))
    assert words.pop(0) == "curl"
    method, url, headers, data = "", "", {}, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word in {"-d", "--data-binary"}:
            data = words.pop(0)
        elif word != "-N":
            assert not url, command
            assert not word.startswith("-"), command
            url = word
    return Call(method or ("GET" if data is None else "POST"), url, headers, data)
