"""Edits of a text at the places of its fields: every other byte stays, comments, order and quotes among them.

What stands behind an alias is left to its author, and from braces nothing is taken out.
"""

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import yaml

from modelsweb.manifests.check import Change
from modelsweb.manifests.document import Document, ManifestError, dump, expanded, parse, scalar
from modelsweb.manifests.service_document import MEANT_WHEN_EMPTY, Path

_INDENT = 2
_WIDE = 10_000
_DASH = re.compile(r" *- +")
_LINE_END = re.compile(r"\r\n|\n|\r")


class CannotEditError(Exception):
    """The field stands where this module does not reach."""


def edited(source: str, number: int, *, changes: Sequence[Change]) -> str:
    """The text with some fields of one of its documents (from 1) set or taken out. Raises CannotEditError, also where the
    text would then say anything else than that."""
    documents = _documents(source)
    if number > len(documents):
        raise CannotEditError
    for change in changes:
        start, end, words = _splice(source, documents[number - 1], change=change)
        source = source[:start] + words + source[end:]
        wanted = [one.value for one in documents]
        wanted[number - 1] = _changed(wanted[number - 1], change)
        documents = _documents(source)
        if [one.value for one in documents] != wanted:
            raise CannotEditError
    return source


def _documents(source: str) -> list[Document]:
    try:
        return [item for document in parse(source) for item in expanded(document)]
    except ManifestError:
        raise CannotEditError from None


def _changed(value: Any, change: Change) -> Any:
    """What the document must say then; what would hold nothing any more goes along."""
    changed = deepcopy(value)
    path = change.path
    owners = [changed]
    for step in path[:-1]:
        owner = owners[-1]
        if isinstance(owner, dict) and not isinstance(owner.get(step), dict | list):
            owner[step] = {}
        owners.append(owner[step])
    last = path[-1]
    if change.value is not None:
        if isinstance(owners[-1], list) and last == len(owners[-1]):
            owners[-1].append(change.value)
        else:
            owners[-1][last] = change.value
        return changed
    depth = len(path) - 1
    while depth and len(owners[depth]) == 1 and path[depth - 1] not in MEANT_WHEN_EMPTY:
        depth -= 1
    del owners[depth][path[depth]]
    return changed


def _splice(source: str, document: Document, *, change: Change) -> tuple[int, int, str]:
    if document.node is None:
        raise CannotEditError
    trail = _trail(document.node, change.path)
    if len(trail) == len(change.path):
        return _removal(source, trail) if change.value is None else _replacement(trail[-1][1], change.value)
    if change.value is None:
        raise CannotEditError
    place = trail[-1] if trail else (document.node, document.node)
    return _insertion(source, place, path=change.path[len(trail) :], value=change.value)


def _trail(node: yaml.Node, path: Path) -> list[tuple[yaml.Node, yaml.Node]]:
    """Key and value of each step of a path, as far as it is there."""
    trail: list[tuple[yaml.Node, yaml.Node]] = []
    for step in path:
        if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
            trail.append((node.value[step], node.value[step]))
        elif isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            trail.append(pair)
        else:
            break
        key, value = trail[-1]
        if _at(value.start_mark) < _at(key.start_mark):
            raise CannotEditError  # an alias: its value stands elsewhere, and others may lean on it
        node = value
    return trail


def _replacement(node: yaml.Node, value: Any) -> tuple[int, int, str]:
    if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
        raise CannotEditError
    words = json.dumps(value) if isinstance(value, str) and node.style == '"' else scalar(value)
    start, end = _at(node.start_mark), _at(node.end_mark)
    return start, end, words if end > start else f" {words}"


def _removal(source: str, trail: list[tuple[yaml.Node, yaml.Node]]) -> tuple[int, int, str]:
    """The lines of a field or of an item of a list, and of what holds nothing but it."""
    while len(trail) > 1 and len(trail[-2][1].value) == 1:
        owner = trail[-2][0]
        if isinstance(owner, yaml.ScalarNode) and owner.value in MEANT_WHEN_EMPTY:
            return _emptied(source, trail)
        trail = trail[:-1]
    key, value = trail[-1]
    start = source.rfind("\n", 0, _at(key.start_mark)) + 1
    before = source[start : _at(key.start_mark)]
    is_item = len(trail) > 1 and isinstance(trail[-2][1], yaml.SequenceNode)
    if not (_DASH.fullmatch(before) if is_item else not before.strip()):
        raise CannotEditError  # it shares its line: the first field of an item, or something in braces
    if isinstance(value, yaml.CollectionNode) and not value.flow_style:
        # The end of a block is where the next thing starts: what stands between, comments too, is not its own.
        end = _end_of_line(source, _at(_last(value).end_mark))
    else:
        end = _end_of_line(source, _at(value.end_mark))
    return start, end, ""


def _emptied(source: str, trail: list[tuple[yaml.Node, yaml.Node]]) -> tuple[int, int, str]:
    """The braces that stay where the only field of a mapping went."""
    (owner_key, owner), (_, value) = trail[-2:]
    if isinstance(owner, yaml.CollectionNode) and owner.flow_style:
        return _at(owner.start_mark), _at(owner.end_mark), "{}"
    start = source.index(":", _at(owner_key.end_mark)) + 1
    is_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    end = _end_of_line(source, _at((_last(value) if is_block else value).end_mark))
    line_end = source[:end][len(source[:end].rstrip("\r\n")) :]
    return start, end, " {}" + line_end


def _last(node: yaml.Node) -> yaml.Node:
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _end_of_line(source: str, at: int) -> int:
    found = _LINE_END.search(source, max(at - 1, 0) if source[at - 1 : at] == "\n" else at)
    return found.end() if found is not None else len(source)


def _insertion(
    source: str, place: tuple[yaml.Node, yaml.Node], *, path: Path, value: Any
) -> tuple[int, int, str]:
    """A field before the first one of a mapping, at its indentation or after its brace; an item at the end of a list."""
    (key, owner), (step, *rest) = place, path
    for below in reversed(rest):
        if isinstance(below, int):
            raise CannotEditError
        value = {below: value}
    if isinstance(owner, yaml.SequenceNode):
        if step != len(owner.value) or not owner.value:
            raise CannotEditError
        return _appended(source, owner, value=value)
    if isinstance(step, int):
        raise CannotEditError
    field = {step: value}
    at = _at(owner.start_mark)
    if isinstance(owner, yaml.ScalarNode):
        if owner.value or owner.style:
            raise CannotEditError
        return (
            at,
            at,
            _block(field, indent=_column(key) + _INDENT, is_new_line=True),
        )  # nothing was said of it yet
    assert isinstance(owner, yaml.MappingNode)
    if owner.flow_style and owner.value:
        return at + 1, at + 1, json.dumps(field)[1:-1] + ", "
    if owner.flow_style:  # nothing is in it: the field begins a block
        start = len(source[:at].rstrip(" "))
        return start, _at(owner.end_mark), _block(field, indent=_column(key) + _INDENT, is_new_line=True)
    indent = _column(owner)
    return at, at, _block(field, indent=indent) + "\n" + " " * indent


def _appended(source: str, owner: yaml.SequenceNode, *, value: Any) -> tuple[int, int, str]:
    last = owner.value[-1]
    if owner.flow_style:
        at = _at(last.end_mark)
        return at, at, ", " + json.dumps(value)
    start = source.rfind("\n", 0, _at(last.start_mark)) + 1
    if not _DASH.fullmatch(source[start : _at(last.start_mark)]):
        raise CannotEditError
    end = _end_of_line(source, _at(_last(last).end_mark))
    indent = source.index("-", start) - start
    words = " " * indent + _block([value], indent=indent)
    return end, end, words + "\n" if source[:end].endswith("\n") else "\n" + words


def _block(value: Any, *, indent: int, is_new_line: bool = False) -> str:
    """What stands in a block of its own, from where the text goes on, or on the lines below."""
    lines = dump(value, width=_WIDE).rstrip("\n").split("\n")
    words = "\n".join(" " * indent + line if line else line for line in lines)
    return "\n" + words if is_new_line else words.lstrip(" ")


def _column(node: yaml.Node) -> int:
    assert node.start_mark is not None
    return int(node.start_mark.column)


def _at(mark: yaml.Mark | None) -> int:
    assert mark is not None
    return mark.index
