"""The built files. The names of ours carry a hash of their content, so browsers may keep them for ever."""

import os
from importlib import resources
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as StarletteFiles


class StaticFiles(StarletteFiles):
    """Starlette's, for our folder, with long caching; after it one of another front end, whose files are asked for each time."""

    def __init__(self, folder: str = "") -> None:
        self._own = str(resources.files("modelsweb.web").joinpath("static", "dist"))
        super().__init__(directory=self._own)
        if folder:
            self.all_directories.append(folder)

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        """A file, or 304."""
        response = super().file_response(full_path, *args, **kwargs)
        is_own = os.path.realpath(full_path).startswith(os.path.realpath(self._own) + os.sep)
        kept = "public, max-age=31536000, immutable" if is_own else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
