"""What compressing an answer costs, and how much smaller it gets: ``python -m bench.compression`` (the ground of docs/decisions/017-zstd.md)."""

import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import msgspec
import zstandard
from tests.sample_objects import service

from bench.measure import Report
from modelsweb.web.chunked import PIECE

_TIMES = 7
_WEB = Path(__file__).parents[1] / "src/modelsweb/web"


def main() -> int:
    """Each text by each method, in pieces as the app sends it."""
    report = Report()
    services = [{**service(f"model-{number}"), "number": number} for number in range(1_000)]
    texts = {
        "a list of 1,000 services": msgspec.json.encode({"items": services}),
        "the style sheet": next((_WEB / "static/dist/assets").glob("main-*.css")).read_bytes(),
        "the catalogue of texts": (_WEB / "locale/modelsweb.pot").read_bytes(),
    }
    for name, text in texts.items():
        report.heading(f"{name}, {len(text) / 1000:.0f} kB")
        for method, compressed in _METHODS.items():
            spent, size = _measured(text, compressed)
            report.add(f"{method}: CPU", spent / len(text) * 1e9, "ns/B")
            report.add(f"{method}: as small as", size / len(text) * 100, "%")
    return report.end()


def _measured(text: bytes, compressed: Callable[[list[bytes]], bytes]) -> tuple[float, int]:
    """Seconds of a core, the best of some; and the size."""
    pieces = [text[place : place + PIECE] for place in range(0, len(text), PIECE)]
    spent = []
    for _ in range(_TIMES):
        started = time.thread_time()
        packed = compressed(pieces)
        spent.append(time.thread_time() - started)
    return min(spent), len(packed)


def _gzip(pieces: list[bytes], *, level: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, 31)
    return b"".join([*map(compressor.compress, pieces), compressor.flush()])


def _zstd(pieces: list[bytes], *, level: int) -> bytes:
    compressor = zstandard.ZstdCompressor(level=level).compressobj()
    return b"".join([*map(compressor.compress, pieces), compressor.flush()])


def _brotli(pieces: list[bytes], *, level: int) -> bytes:
    compressor = brotli.Compressor(quality=level)
    return b"".join([*map(compressor.process, pieces), compressor.finish()])


_METHODS: dict[str, Callable[[list[bytes]], bytes]] = {
    "gzip 4": lambda pieces: _gzip(pieces, level=4),
    "zstd 1": lambda pieces: _zstd(pieces, level=1),
    "zstd 3": lambda pieces: _zstd(pieces, level=3),
    "zstd 6": lambda pieces: _zstd(pieces, level=6),
    "br 4": lambda pieces: _brotli(pieces, level=4),
}


if __name__ == "__main__":
    sys.exit(main())
