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
from modelsweb.manifests.document import Document, ManifestError, expanded, parse, scalar

Path = tuple[str | int, ...]
_INDENT = 2
_LINE_END = re.compile(r"\r\n|\n|\r")


class CannotEditError(Exception):
    """The field stands where this module does not reach."""


def edited(source: str, number: int, *, changes: Sequence[Change]) -> str:
    """The text with some fields of one of its documents (from 1) set or taken out. Raises CannotEditError, also where the
    text would then say anything else than that."""
    for change in changes:
        before = _documents(source)
        if number > len(before):
            raise CannotEditError
        start, end, words = _splice(source, before[number - 1], change=change)
        source = source[:start] + words + source[end:]
        wanted = [one.value for one in before]
        wanted[number - 1] = _changed(wanted[number - 1], change)
        if [one.value for one in _documents(source)] != wanted:
            raise CannotEditError
    return source


def _documents(source: str) -> list[Document]:
    try:
        return [item for document in parse(source) for item in expanded(document)]
    except ManifestError:
        raise CannotEditError from None


def _changed(value: Any, change: Change) -> Any:
    """What the document must say then; what would hold nothing any more goes along."""
    found = deepcopy(value)
    path = change.path
    owners = [found]
    for step in path[:-1]:
        owner = owners[-1]
        if isinstance(owner, dict) and not isinstance(owner.get(step), dict | list):
            owner[step] = {}
        owners.append(owner[step])
    if change.value is not None:
        owners[-1][path[-1]] = change.value
        return found
    depth = len(path) - 1
    while depth and isinstance(owners[depth], dict) and len(owners[depth]) == 1:
        depth -= 1
    del owners[depth][path[depth]]
    return found


def _splice(source: str, document: Document, *, change: Change) -> tuple[int, int, str]:
    if document.node is None:
        raise CannotEditError
    trail = _trail(document.node, change.path)
    if len(trail) == len(change.path):
        return _removal(source, trail) if change.value is None else _replacement(trail[-1][1], change.value)
    if change.value is None:
        raise CannotEditError
    key, owner = trail[-1] if trail else (document.node, document.node)
    return _insertion(key, owner, path=change.path[len(trail) :], value=change.value)


def _trail(node: yaml.Node, path: Path) -> list[tuple[yaml.Node, yaml.Node]]:
    """Key and value of each step of a path, as far as it is there."""
    found: list[tuple[yaml.Node, yaml.Node]] = []
    for step in path:
        if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
            found.append((node.value[step], node.value[step]))
        elif isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            found.append(pair)
        else:
            break
        key, value = found[-1]
        if _at(value.start_mark) < _at(key.start_mark):
            raise CannotEditError  # an alias: its value stands elsewhere, and others may lean on it
        node = value
    return found


def _replacement(node: yaml.Node, value: Any) -> tuple[int, int, str]:
    if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
        raise CannotEditError
    words = json.dumps(value) if isinstance(value, str) and node.style == '"' else scalar(value)
    start, end = _at(node.start_mark), _at(node.end_mark)
    return start, end, words if end > start else f" {words}"


def _removal(source: str, trail: list[tuple[yaml.Node, yaml.Node]]) -> tuple[int, int, str]:
    """The lines of a field, and of what holds nothing but it."""
    while len(trail) > 1 and isinstance(trail[-2][1], yaml.MappingNode) and len(trail[-2][1].value) == 1:
        trail = trail[:-1]
    key, value = trail[-1]
    start = source.rfind("\n", 0, _at(key.start_mark)) + 1
    if source[start : _at(key.start_mark)].strip():
        raise CannotEditError  # it shares its line: the first field of an item, or a flow mapping
    if isinstance(value, yaml.CollectionNode) and not value.flow_style:
        # The end of a block is where the next thing starts: what stands between, comments too, is not its own.
        end = _end_of_line(source, _at(_last(value).end_mark))
    else:
        end = _end_of_line(source, _at(value.end_mark))
    return start, end, ""


def _last(node: yaml.Node) -> yaml.Node:
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _end_of_line(source: str, at: int) -> int:
    found = _LINE_END.search(source, max(at - 1, 0) if source[at - 1 : at] == "\n" else at)
    return found.end() if found is not None else len(source)


def _insertion(key: yaml.Node, owner: yaml.Node, *, path: Path, value: Any) -> tuple[int, int, str]:
    """Before the first field of a mapping: at its indentation, or after its brace."""
    if not isinstance(owner, yaml.MappingNode) or any(isinstance(step, int) for step in path):
        raise CannotEditError
    at = _at(owner.start_mark)
    if owner.flow_style and owner.value:
        return at + 1, at + 1, _in_braces(path, value) + ", "
    if owner.flow_style:  # nothing is in it: the field begins a block
        indent = _column(key) + _INDENT
        return at, _at(owner.end_mark), "\n" + " " * indent + _in_block(path, value, indent=indent)
    indent = _column(owner)
    return at, at, _in_block(path, value, indent=indent) + "\n" + " " * indent


def _in_block(path: Path, value: Any, *, indent: int) -> str:
    """A field and what it is in, the first of which stands where the text goes on."""
    lines = [f"{scalar(str(step))}:" for step in path]
    lines[-1] += f" {scalar(value)}"
    return "".join(
        line if not depth else "\n" + " " * (indent + depth * _INDENT) + line
        for depth, line in enumerate(lines)
    )


def _in_braces(path: Path, value: Any) -> str:
    step, *rest = path
    below = "{" + _in_braces(tuple(rest), value) + "}" if rest else json.dumps(value)
    return f"{json.dumps(str(step))}: {below}"


def _column(node: yaml.Node) -> int:
    assert node.start_mark is not None
    return int(node.start_mark.column)


def _at(mark: yaml.Mark | None) -> int:
    assert mark is not None
    return mark.index
