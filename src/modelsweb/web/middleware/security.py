"""Pure ASGI middleware: the path prefix, and the headers that every answer carries."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",  # panels of a Grafana behind the same gateway
        "form-action 'self'",
        "base-uri 'none'",
    )
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class SecurityHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp, *, frame_ancestors: str) -> None:
        self._app = app
        policy = f"{_POLICY}; frame-ancestors {frame_ancestors}"
        self._headers = ((b"content-security-policy", policy.encode("ascii", "replace")), *_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                named = {name.lower() for name, _ in given}  # a foreign front end has a policy of its own
                message["headers"] = [*given, *(one for one in self._headers if one[0] not in named)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Prefix:
    """Takes the prefix off the path where the gateway in front has not done so; /prefix becomes /prefix/."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, with the path below the prefix."""
        path = scope.get("path", "")
        if scope["type"] == "http" and self._prefix and (path + "/").startswith(self._prefix + "/"):
            if path == self._prefix:
                await send(
                    {
                        "type": "http.response.start",
                        "status": 308,
                        "headers": [(b"location", self._root(scope)), (b"content-length", b"0")],
                    }
                )
                await send({"type": "http.response.body", "body": b""})
                return
            scope = {**scope, "path": path[len(self._prefix) :], "raw_path": None}
        await self._app(scope, receive, send)

    def _root(self, scope: Scope) -> bytes:
        query = bytes(scope.get("query_string", b""))
        return f"{self._prefix}/".encode() + (b"?" + query if query else b"")
