"""The pages' own files (静态文件): addresses that carry the content's version, cached for good under it."""

import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ROOT: Final = Path(__file__).parent / "static"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
"""For addresses without a version, such as the imports between scripts: kept, but asked for by ETag each time."""


class Versions:
    """The version of each file under a folder: the first ten hex digits of its SHA-256."""

    def __init__(self, root: Path = ROOT) -> None:
        """Read the folder once; a file that changes later keeps its old version until the next start."""
        self.root = root
        self._versions = {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def address(self, path: str) -> str:
        """A file's address, for example `/static/css/base.css?v=0123456789`. Raises KeyError for no such file."""
        return f"/static/{path}?v={self._versions[path]}"

    def of(self, path: str) -> str | None:
        """The version of a file, or None."""
        return self._versions.get(path)


class VersionedFiles(StaticFiles):
    """Serves the folder; what is asked by its present version may be kept for good."""

    def __init__(self, versions: Versions) -> None:
        super().__init__(directory=versions.root)
        self._versions = versions

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its caching."""
        response = await super().get_response(path, scope)
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("v", [""])[0]
        present = self._versions.of(Path(path).as_posix())
        response.headers["Cache-Control"] = FOR_GOOD if present is not None and asked == present else ASK_AGAIN
        return response
