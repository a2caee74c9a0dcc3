"""Sentences that are written in English here and translated when a page is rendered.

A ``Text`` is a message of the catalogue plus the values that go into it. Values are quoted from the
cluster and never translated; the renderer escapes them and sets them in a monospaced face.
"""

import re
from dataclasses import dataclass, field

_CODES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x90-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
"""What a terminal obeys and does not print, as ECMA-48 has it."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Text:
    """A catalogue message with ``{name}`` placeholders, and their values."""

    message: str
    values: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


def on_terminal(said: str) -> str:
    """A program's text as a terminal would show it, in lines: without codes, of a progress bar its last state."""
    if not _UNSEEN.search(said):
        return said
    return "\n".join(_overwritten(line) for line in _CODES.sub("", said).split("\n"))


def _overwritten(line: str) -> str:
    cells: list[str] = []
    at = 0
    for letter in line:
        if letter == "\r":
            at = 0
        elif letter == "\b":
            at = max(0, at - 1)
        elif not _UNSEEN.match(letter):
            cells[at : at + 1] = [letter]
            at += 1
    return "".join(cells)


def one_line(said: str) -> str:
    """A text as one visible line: what a terminal or a reader of lines would act on is written as an escape."""
    if said.isprintable():
        return said
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in said
    )


def text(message: str, /, **values: str | int) -> Text:
    """A Text; the catalogue extractor looks for calls of this name."""
    return Text(message, values)
