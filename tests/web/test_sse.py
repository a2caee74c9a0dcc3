"""The wire form of server-sent events."""

import pytest

from modelsweb.web import sse


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_line_end_of_the_protocol_is_split(end: str) -> None:
    assert sse.encode(f"a{end}event: close") == b"data: a\ndata: event: close\n\n"
