"""Long answers in pieces that are sent as they are taken: who reads slowly, or not at all, holds a piece and not the whole."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

from starlette.responses import StreamingResponse

PIECE = 256 * 1024


def json_list(head: bytes, items: Iterable[bytes], *, headers: Mapping[str, str]) -> StreamingResponse:
    """A JSON object whose last key is a list: ``head`` ends behind its opening bracket."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in joined(head, items, end=b"]}\n"):
            yield piece

    return StreamingResponse(pieces(), 200, headers, "application/json")


def joined(head: bytes, items: Iterable[bytes], *, end: bytes, most: int | None = None) -> Iterator[bytes]:
    """Items between commas, in pieces of about so many bytes, of so many items at ``most``."""
    piece, comma, count = bytearray(head), b"", 0
    for item in items:
        piece += comma
        piece += item
        comma = b","
        count += 1
        if len(piece) >= PIECE or count == most:
            yield bytes(piece)
            piece.clear()
            count = 0
    yield bytes(piece + end)
