"""The built files. Their names carry a hash of their content, so browsers may keep them for ever."""

from importlib import resources
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as StarletteFiles


class StaticFiles(StarletteFiles):
    """Starlette's, for our folder, with long caching."""

    def __init__(self) -> None:
        super().__init__(directory=str(resources.files("modelsweb.web").joinpath("static", "dist")))

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file, or 304."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
