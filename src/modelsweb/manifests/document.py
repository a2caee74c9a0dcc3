"""YAML as kubectl reads it, with the place of each field.

PyYAML's fast loader follows YAML 1.1 and twists values that users mean as text: ``12:30:45`` becomes a number of
seconds, a date becomes a date. Here the table of implicit types is kubectl's own (measured against the Go library
that kubectl uses): ``yes``, ``on`` and ``y`` are true, ``1e3`` is a number, times and dates are text. Keys of
mappings are text whatever they look like, a key that is given twice is refused, and aliases may not blow a small
document up to a large one.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from modelsweb.errors import Code, InvalidError, Problem

MAX_NODES = 50_000
"""So many values may a text hold, and each of its documents stand for once aliases are followed."""
MAX_DOCUMENTS = 200
MAX_LEVELS = 100
_LONGEST_NUMBER = 100
LIST = "List"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which kubectl keeps what it sent last."""
BYTE_ORDER_MARK = "\ufeff"
"""Left behind where files are joined."""

_SHOWN = 60
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What libyaml counts as the end of a line."""
_INDEX = re.compile(r"\[(\d{1,6})\]")
_YES = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_NO = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_INT = re.compile(r"^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|(?:0|[1-9][0-9_]*))$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$")


class ManifestError(InvalidError):
    """The text cannot be used; ``problem`` says why, and where, if anywhere."""

    def __init__(
        self, code: Code, *, line: int | None = None, column: int | None = None, **values: str | int
    ) -> None:
        self.problem = Problem(code=code, values=values, line=line, column=column)
        super().__init__(f"{code} in line {line}" if line else str(code))


class Position(NamedTuple):
    """A place in a text; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a text, or one item of a list in it, and the line (from 1) at which it starts."""

    value: Any
    line: int
    node: yaml.Node | None = field(default=None, compare=False, repr=False)
    """Where its values stand; None where they stand nowhere in particular, such as behind a merge key."""

    def position(self, path: str) -> Position | None:
        """The place of a field, by its path as the API server writes it; else of the nearest field above it; None where
        there is none."""
        return None if self.node is None else _position(self.node, path)


class _Loader(yaml.CSafeLoader):
    """PyYAML's loader with kubectl's table of implicit types."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way of setting it


def _add(tag: str, pattern: str, *, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_add("bool", "^(?:" + "|".join(sorted(_YES | _NO)) + ")$", first="yYnNtTfFoO")
_add("null", r"^(?:~|null|Null|NULL|)$", first="~nN")
_add("int", _INT.pattern, first="-+0123456789")
_add("float", _FLOAT.pattern, first="-+.0123456789")
_add("float", r"^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$", first="-+.")
_add("merge", r"^<<$", first="<")
_Loader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile(r"^$")))


def parse(
    source: str, *, max_nodes: int = MAX_NODES, max_documents: int = MAX_DOCUMENTS
) -> Iterator[Document]:
    """The documents of a YAML text, one after the other; empty ones are left out. Raises ManifestError."""
    source = source.replace(BYTE_ORDER_MARK, "")
    loader = _Loader(source)
    try:
        _limit(source, max_nodes, max_documents=max_documents)
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            _limit_expansion(node, max_nodes)
            value = _build(node)
            if value is not None:
                yield Document(value, _start(node).line, node)
    except yaml.MarkedYAMLError as error:
        raise _located(error, source) from error
    except RecursionError:
        raise ManifestError(Code.NESTED_TOO_DEEPLY) from None
    except yaml.YAMLError as error:
        raise ManifestError(Code.UNREADABLE_YAML, problem=str(error)) from error
    finally:
        loader.dispose()


def expanded(document: Document) -> list[Document]:
    """The items of a list, each at its line; anything else is itself.

    What kubectl prints of several objects is a list; the items of one that names its kind may name none.
    """
    value = document.value
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or not kind.endswith(LIST) or not isinstance(value.get("items"), list):
        return [document]
    of_all = {} if kind == LIST else {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix(LIST)}
    nodes = _items(document.node) or (None,) * len(value["items"])
    return [
        Document(
            {**of_all, **item} if isinstance(item, dict) else item,
            _start(node).line if node is not None else document.line,
            node,
        )
        for item, node in zip(value["items"], nodes, strict=True)
    ]


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    """The items of a list, as they stand in the text; none of what is no list."""
    if not isinstance(node, yaml.MappingNode):
        return []
    return [
        item
        for name, value in node.value
        if isinstance(name, yaml.ScalarNode)
        and name.value == "items"
        and isinstance(value, yaml.SequenceNode)
        for item in value.value
    ]


def _start(node: yaml.Node | yaml.Event) -> Position:
    assert node.start_mark is not None
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


def _position(node: yaml.Node, path: str) -> Position | None:
    mark = None
    rest = path
    while rest:
        if (index := _INDEX.match(rest)) is not None and isinstance(node, yaml.SequenceNode):
            number = int(index[1])
            if number >= len(node.value):
                break
            node, rest = node.value[number], rest[index.end() :].lstrip(".")
            mark = _start(node)
            continue
        step = _step(node, rest)
        if step is None:
            break
        key, node, rest = step
        mark = _start(key)
    return mark


def _step(node: yaml.Node, path: str) -> tuple[yaml.Node, yaml.Node, str] | None:
    """The field of a mapping with which a path goes on; keys may hold dots, so that the longest that fits is meant."""
    if not isinstance(node, yaml.MappingNode):
        return None
    fitting = [
        (key, value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
        and path.startswith(key.value)
        and path[len(key.value) : len(key.value) + 1] in {"", ".", "["}
    ]
    if not fitting:
        return None
    key, value = max(fitting, key=lambda one: len(one[0].value))
    return key, value, path[len(key.value) :].lstrip(".")


def _limit(source: str, max_nodes: int, *, max_documents: int) -> None:
    """Counts before anything is composed: the composer recurses in C, where no RecursionError saves the process."""
    levels = nodes = documents = 0
    for event in yaml.parse(source, Loader=_Loader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        levels += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if levels > MAX_LEVELS:
            raise _at(event, Code.NESTED_TOO_DEEPLY)
        if nodes > max_nodes:
            raise _at(event, Code.TOO_MANY_VALUES, max=max_nodes)
        if documents > max_documents:
            raise _at(event, Code.TOO_MANY_DOCUMENTS, max=max_documents)


def _located(error: yaml.MarkedYAMLError, source: str) -> ManifestError:
    mark = error.problem_mark or error.context_mark
    problem = " ".join(filter(None, (error.context, error.problem))) or "no reason given"
    line = mark.line + 1 if mark else None
    column = mark.column + 1 if mark else None
    lines = _LINE_ENDS.split(source)
    if mark and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
        return ManifestError(Code.TAB, line=line, column=column)
    return ManifestError(Code.UNREADABLE_YAML, line=line, column=column, problem=problem)


def _limit_expansion(root: yaml.Node, max_nodes: int) -> None:
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, above: frozenset[int]) -> int:
        if id(node) in above:
            raise _at(node, Code.ALIAS_OF_ITSELF)
        if (known := sizes.get(id(node))) is not None:
            return known
        inside = above | {id(node)}
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(size(key, inside) + size(value, inside) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item, inside) for item in node.value)
        if total > max_nodes:
            raise _at(node, Code.TOO_MANY_EXPANDED_VALUES, max=max_nodes)
        sizes[id(node)] = total
        return total

    size(root, frozenset())


def _at(node: yaml.Node | yaml.Event, code: Code, **values: str | int) -> ManifestError:
    start = _start(node)
    return ManifestError(code, line=start.line, column=start.column, **values)


def _build(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    built: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if key_node.tag.endswith(":merge"):
            for source in _merge_sources(value_node):
                for key, value in source.items():
                    merged.setdefault(key, value)
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise _at(key_node, Code.KEY_NOT_SCALAR)
        key = _key(_scalar(key_node))
        if key in built:
            raise _at(key_node, Code.DUPLICATE_KEY, key=key)
        built[key] = _build(value_node)
    return {**merged, **built}


def _merge_sources(node: yaml.Node) -> Iterator[Mapping[str, Any]]:
    for source in node.value if isinstance(node, yaml.SequenceNode) else (node,):
        if not isinstance(source, yaml.MappingNode):
            raise _at(node, Code.MERGE_OF_NO_MAPPING)
        yield _mapping(source)


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    value: str = node.value
    try:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "null":
                return None
            case "bool" if value in _YES | _NO:
                return value in _YES
            case "bool":
                raise ValueError(value)
            case "int":
                return _integer(value)
            case "float":
                number = _float(value, node)
                return int(number) if number.is_integer() and abs(number) < 2**53 else number
    except ValueError:
        raise _at(node, Code.UNREADABLE_VALUE, value=value[:_SHOWN], tag=node.tag) from None
    return value


def _integer(value: str) -> int:
    """Kubernetes knows no whole number beyond 64 bits. Raises ValueError."""
    if len(value) > _LONGEST_NUMBER:
        raise ValueError(value)
    number = _any_integer(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def _any_integer(value: str) -> int:
    plain = value.replace("_", "").lower()
    sign = -1 if plain.startswith("-") else 1
    digits = plain.lstrip("+-")
    if digits.startswith("0o"):
        return sign * int(digits, 0)
    if digits.startswith(("0x", "0b")):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if len(digits) > 1 and digits.startswith("0") else 10)


def _float(value: str, node: yaml.Node) -> float:
    plain = value.replace("_", "").lower()
    special = plain.lstrip("+-") in {".inf", ".nan"}
    number = math.inf if special else float(plain)
    if not math.isfinite(number):
        raise _at(node, Code.NUMBER_NOT_FINITE, value=value)
    return number


class _Dumper(yaml.CSafeDumper):
    """Quotes what kubectl would read as something else than text."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def _represent_text(dumper: _Dumper, value: str) -> yaml.Node:
    style = (
        "|"
        if "\n" in value and not re.search(r"[ \t]\n|^\s|[\x00-\x08\x0b-\x1f\x85\u2028\u2029]", value)
        else None
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _represent_text)


def dump(value: Mapping[str, Any] | list[Any], *, width: int = 120) -> str:
    """An object as YAML that kubectl reads back to the same values; keys stay in their order."""
    plain = dict(value) if isinstance(value, Mapping) else value
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width)


def scalar(value: Any) -> str:
    """A single value as it stands in a YAML text, in quotes where kubectl would take it for something else."""
    words = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=10_000)
    return words.removesuffix("...\n").strip("\n")
