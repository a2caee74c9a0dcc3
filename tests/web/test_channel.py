"""What a viewer is sent: the difference of two states, whose name comes last."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from modelsweb.clock import SystemClock
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.web.channel import Changes, Channel


class Shown:
    """A source whose words and rows a test sets."""

    def __init__(self) -> None:
        self.words = "a"
        self.there: dict[str, str] = {}
        self.pause_seconds = 0.0

    def changes(self) -> AbstractContextManager[Changes]:
        raise NotImplementedError  # nobody runs the channel here

    def model(self) -> Any:
        return self.words, dict(self.there)

    def frame(self, model: Any) -> object:
        return model[0]

    def fragments(self, model: Any) -> dict[str, str]:
        return {"words": f"<p>{model[0]}</p>"}

    def rows(self, model: Any) -> Iterable[tuple[str, Any]]:
        return list(model[1].items())

    def row(self, model: Any, view: Any) -> str:
        return f"<tr>{view}</tr>"


def test_only_the_last_part_of_a_message_bears_the_name_of_the_state() -> None:
    shown = Shown()
    channel = Channel(shown, SystemClock(), rate_limit=RateLimit(SystemClock()))
    first = channel.state()
    shown.words, shown.there = "b", {"k": "one"}
    second = channel.state()
    blocks = channel.message(first, second).decode().strip().split("\n\n")
    assert [f"id: {channel.id_of(second)}" in block for block in blocks] == [False, True]


def test_a_message_from_any_remembered_state_leads_to_the_newest() -> None:
    shown = Shown()
    channel = Channel(shown, SystemClock(), rate_limit=RateLimit(SystemClock()))
    first = channel.state()
    shown.there = {"k": "one", "m": "two"}
    second = channel.state()
    shown.there = {"m": "two", "k": "three"}
    third = channel.state()
    assert b"one" in channel.message(first, second)
    assert b"three" in channel.message(second, third)
    assert b"two" not in channel.message(second, third)
    assert b"two" in channel.message(first, third)
    assert channel.recall(channel.id_of(second)) is second
    assert channel.recall("nobody-1") is None
    assert channel.message(third, third) == b""


def test_who_has_seen_no_state_is_told_that_there_are_no_rows() -> None:
    shown = Shown()
    channel = Channel(shown, SystemClock(), rate_limit=RateLimit(SystemClock()))
    assert b'"order":[]' in channel.message(None, channel.state())


def test_what_did_not_change_is_no_new_state() -> None:
    channel = Channel(Shown(), SystemClock(), rate_limit=RateLimit(SystemClock()))
    assert channel.state() is channel.state()


class Broken(Shown):
    """A source that meets an object that nobody foresaw."""

    def model(self) -> Any:
        if self.words == "broken":
            raise OverflowError("integer division result too large for a float")
        return super().model()


def test_what_nobody_foresaw_is_an_error_of_this_page_and_passes() -> None:
    shown = Broken()
    channel = Channel(shown, SystemClock(), rate_limit=RateLimit(SystemClock()))
    assert channel.state().error is None
    shown.words = "broken"
    channel._is_current = False
    broken = channel.state()
    assert broken.error is not None
    assert "integer" not in broken.error.message
    shown.words = "c"
    channel._is_current = False
    assert channel.state().error is None
