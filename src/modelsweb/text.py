"""Sentences that are written in English here and translated when a page is rendered.

A ``Text`` is a message of the catalogue plus the values that go into it. Values are quoted from the
cluster and never translated; the renderer escapes them and sets them in a monospaced face.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A catalogue message with ``{name}`` placeholders, and their values."""

    message: str
    values: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


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
