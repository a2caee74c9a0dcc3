"""Label and field selectors, with the real server's complaints about bad ones."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from modelsweb.demo.apiserver.failure import bad_request

Matcher = Callable[[Mapping[str, Any]], bool]

_SET = re.compile(r"^\s*([^\s,!=()]+)\s+(in|notin)\s*\(([^()]*)\)\s*(?:,|$)")
_EQUAL = re.compile(r"^\s*([^\s,!=()]+)\s*(==|=|!=)\s*([^\s,!=()]*)\s*(?:,|$)")
_EXISTS = re.compile(r"^\s*(!?)\s*([^\s,!=()]+)\s*(?:,|$)")

_FIELDS: dict[str, frozenset[str]] = {
    "pods": frozenset({"spec.nodeName", "status.phase", "spec.restartPolicy", "spec.serviceAccountName"}),
    "events": frozenset(
        {
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        }
    ),
    "namespaces": frozenset({"status.phase"}),
    "secrets": frozenset({"type"}),
}  # fmt: skip


def labels(text: str | None) -> Matcher:
    """A test of ``metadata.labels`` for a selector such as ``app=x,tier in (a,b),!beta``."""
    tests: list[Callable[[Mapping[str, str]], bool]] = []
    rest = text or ""
    while rest.strip():
        if match := _SET.match(rest):
            key, operator, listed = match.groups()
            values = {value.strip() for value in listed.split(",")}
            tests.append(_set_test(key, values, wanted=operator == "in"))
        elif match := _EQUAL.match(rest):
            key, operator, value = match.groups()
            tests.append(_set_test(key, {value}, wanted=operator != "!="))
        elif match := _EXISTS.match(rest):
            negated, key = match.groups()
            tests.append(_exists_test(key, wanted=not negated))
        else:
            raise bad_request(
                f"unable to parse requirement: found '{rest.strip()[:40]}', expected a selector"
            )
        rest = rest[match.end() :]
    return lambda obj: all(test(_labels_of(obj)) for test in tests)


def fields(text: str | None, plural: str) -> Matcher:
    """A test of fields for a selector such as ``metadata.name=x,status.phase!=Running``."""
    tests: list[Matcher] = []
    for part in filter(None, (text or "").split(",")):
        path, operator, value = _split_field(part)
        if path not in {"metadata.name", "metadata.namespace"} | _FIELDS.get(plural, frozenset()):
            raise bad_request(f"field label not supported: {path}")
        tests.append(_field_test(path.split("."), value, wanted=operator != "!="))
    return lambda obj: all(test(obj) for test in tests)


def _split_field(part: str) -> tuple[str, str, str]:
    for operator in ("!=", "==", "="):
        path, found, value = part.partition(operator)
        if found:
            return path.strip(), operator, value.strip()
    raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")


def _labels_of(obj: Mapping[str, Any]) -> Mapping[str, str]:
    return (obj.get("metadata") or {}).get("labels") or {}


def _set_test(key: str, values: set[str], *, wanted: bool) -> Callable[[Mapping[str, str]], bool]:
    return lambda found: (found.get(key) in values) is wanted


def _exists_test(key: str, *, wanted: bool) -> Callable[[Mapping[str, str]], bool]:
    return lambda found: (key in found) is wanted


def _field_test(path: list[str], value: str, *, wanted: bool) -> Matcher:
    def test(obj: Mapping[str, Any]) -> bool:
        found: Any = obj
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        return (str(found or "") == value) is wanted

    return test
