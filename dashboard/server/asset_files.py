"""Serves scripts, style sheets and icons.

Our files are at `/dashboard/assets/`, and the files of Bokeh and Panel are at `/static/`. Each file
is compressed only once. Browsers may cache a file if its URL changes with its content.
"""

import gzip
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import panel as pn
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from dashboard.server.panel_internals import BOKEHJS
from dashboard.ui.stylesheet import STYLESHEET, stylesheet
from dashboard.ui.templating import STATIC

# On Windows, media types come from the registry, where a program may have set .js to text/plain;
# with nosniff, browsers would then refuse the scripts.
for kind, suffix in (
    ("text/javascript", ".js"),
    ("text/css", ".css"),
    ("image/svg+xml", ".svg"),
):
    mimetypes.add_type(kind, suffix)

PANEL_FILES = Path(pn.__file__).parent / "dist"
COMPRESSED = (".js", ".css", ".svg", ".map", ".json")


@lru_cache(maxsize=256)
def compressed(path: str, modified: float) -> bytes:
    """Return a file's content, compressed with gzip; `modified` is part of the cache key."""
    del modified
    return gzip.compress(Path(path).read_bytes(), mtime=0)


def takes_gzip(handler: RequestHandler) -> bool:
    """Return whether a response may be compressed; byte ranges are sent uncompressed."""
    headers = handler.request.headers
    return "gzip" in headers.get("Accept-Encoding", "") and "Range" not in headers


class CompressedFileHandler(StaticFileHandler):
    """Sends static files, compressed if the browser accepts gzip."""

    _compressed: bytes | None = None

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Return the path of the file to send, and compress the file."""
        path = super().validate_absolute_path(root, absolute_path)
        if path is not None and path.endswith(COMPRESSED) and takes_gzip(self):
            self._compressed = compressed(path, Path(path).stat().st_mtime)
        return path

    def get_content_size(self) -> int:
        return super().get_content_size() if self._compressed is None else len(self._compressed)

    def get_content(self, abspath: str, start: Any = None, end: Any = None) -> Any:  # type: ignore[override]
        whole = self._compressed
        return StaticFileHandler.get_content(abspath, start, end) if whole is None else whole

    @classmethod
    def get_content_version(cls, abspath: str) -> str:
        """Return a digest of the uncompressed content."""
        return StaticFileHandler.get_content_version(abspath)

    def compute_etag(self) -> str | None:
        """Return different ETags for the compressed and the uncompressed content."""
        tag = super().compute_etag()
        return tag if tag is None or self._compressed is None else f'{tag[:-1]}-gzip"'

    def set_extra_headers(self, path: str) -> None:
        if path.endswith(COMPRESSED):
            self.set_header("Vary", "Accept-Encoding")
        if self._compressed is not None:
            self.set_header("Content-Encoding", "gzip")


class StylesheetHandler(RequestHandler):
    """Sends the style sheet, which is composed in memory, with the same caching as a file."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/css")
        self.set_header("Vary", "Accept-Encoding")
        if self.get_query_argument("v", ""):  # this URL changes with the content
            self.set_header("Cache-Control", f"max-age={StaticFileHandler.CACHE_MAX_AGE}")
        if takes_gzip(self):
            self.set_header("Content-Encoding", "gzip")
            self.finish(compressed_stylesheet())
        else:
            self.finish(stylesheet())

    head = get


@lru_cache(maxsize=1)
def compressed_stylesheet() -> bytes:
    return gzip.compress(stylesheet(), mtime=0)


class NoSuchPath(RequestHandler):
    """Responds with 404 to a path that contains NUL; tornado's file handler would send 500."""

    def prepare(self) -> None:
        raise HTTPError(404)


NO_SUCH_PATH = r"/.*%00.*"
# Earlier versions used `static`, and some pages may have been opened before an update. The pattern
# for our files excludes slashes, because Bokeh's own files are in subfolders of
# `/dashboard/static/`.
ASSET_ROUTES: list[tuple[str, type[RequestHandler], dict[str, object]]] = [
    (rf"/dashboard/(?:assets|static)/{re.escape(STYLESHEET)}", StylesheetHandler, {}),
    (r"/dashboard/(?:assets|static)/([a-z0-9_]+\.[a-z]+)", CompressedFileHandler, {"path": STATIC}),
    (r"/static/extensions/panel/(.*)", CompressedFileHandler, {"path": PANEL_FILES}),
    (r"/static/(.*)", CompressedFileHandler, {"path": BOKEHJS}),
]
