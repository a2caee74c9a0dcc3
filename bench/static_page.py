"""A page as it would be without us: its HTML less the scripts, with the same style and fonts, from a plain file server."""

import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SCRIPT = re.compile(rb"<script\b.*?</script>", re.DOTALL)
_ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
_FONT = re.compile(rb"url\(([^)]+\.woff2)\)")
_KEPT = ("Content-Type", "Content-Encoding", "Cache-Control")

Answer = tuple[bytes, dict[str, str]]


@contextmanager
def served(address: str, path: str, headers: dict[str, str]) -> Iterator[str]:
    """The address of the page of an app without its scripts, for as long as the context lasts."""

    def fetched(place: str, *, packed: bool = True) -> Answer:
        asked = {**headers, **({"Accept-Encoding": "gzip"} if packed else {})}
        with urllib.request.urlopen(urllib.request.Request(address + place, headers=asked)) as answer:
            kept = {name: answer.headers[name] for name in _KEPT if answer.headers.get(name)}
            return answer.read(), kept

    page, kept = fetched(path, packed=False)
    page = _SCRIPT.sub(b"", page)
    files: dict[str, Answer] = {"/": (page, {"Content-Type": kept["Content-Type"]})}
    for asset in {found.decode() for found in _ASSET.findall(page)}:
        files[asset] = fetched(asset)
        if asset.endswith(".css"):
            style, _ = fetched(asset, packed=False)
            for font in {found.decode().strip("'\"") for found in _FONT.findall(style)}:
                place = (
                    font if font.startswith("/") else f"{asset.rpartition('/')[0]}/{font.removeprefix('./')}"
                )
                files[place] = fetched(place)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, given = files.get(self.path, (b"", {}))
            self.send_response(200 if self.path in files else 404)
            for name, value in given.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
