"""Cookies as they are sent, without the quoting that none of ours uses.

Python's own parser takes, before 3.12.6, time that grows with the square of what stands between quotes (CVE-2024-7592).
"""

from starlette.requests import Request


def cookie(request: Request, name: str) -> str:
    """The value of a cookie; empty where it was not sent."""
    for header in request.headers.getlist("cookie"):
        for part in header.split(";"):
            key, _, value = part.partition("=")
            if key.strip() == name:
                return value.strip()
    return ""
