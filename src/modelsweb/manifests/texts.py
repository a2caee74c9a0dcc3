"""All texts of a document."""

from collections.abc import Iterator
from typing import Any


def texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each text with the path of its field."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from texts(below, (*path, str(key)))
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from texts(below, (*path, number))
