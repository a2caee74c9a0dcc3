"""Foreign text as people are shown it."""

import time

import pytest

from modelsweb.text import on_terminal


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain\ntext\twith a tab", "plain\ntext\twith a tab"),
        ("\x1b[0;31mERROR\x1b[0m it\x1b(B", "ERROR it"),
        ("10%\r50%\r100%\r\nnext", "100%\nnext"),
        ("abc\b\bX", "aXc"),
        ("\x1b]8;;https://example.com\x1b\\why\x1b]8;;\x07 so", "why so"),
        ("\x9b31mred\x9b0m \x00\x07end", "red end"),
        ("\x1b[31", "31"),
        ("\x1b]kept\nand\x07 this", "kept\nand this"),
    ],
)
def test_a_text_is_shown_as_a_terminal_would(said: str, shown: str) -> None:
    assert on_terminal(said) == shown


@pytest.mark.parametrize("part", ["\x1b[", "\x9d", "\x1b]", "\x1b ", "a\r", "a\b\b", "\x1b[0;"])
def test_no_text_takes_more_than_its_length(part: str) -> None:
    def cost(length: int) -> float:
        began = time.process_time()
        on_terminal(part * (length // len(part)))
        return time.process_time() - began

    assert cost(400_000) < 40 * max(cost(40_000), 0.002)
