"""The page's own scripts, style and icon, at `/dashboard/assets/`."""

from __future__ import annotations

import mimetypes
import re
from typing import Any

from tornado.web import RequestHandler, StaticFileHandler

from dashboard.ui.stylesheet import STYLESHEET, stylesheet
from dashboard.ui.templating import STATIC

# On Windows these come from the registry, where a program may have set .js to text/plain; with
# nosniff the browser would then refuse the scripts.
for kind, suffix in (
    ("text/javascript", ".js"),
    ("text/css", ".css"),
    ("image/svg+xml", ".svg"),
):
    mimetypes.add_type(kind, suffix)


class StylesheetHandler(RequestHandler):
    """Sends the style sheet, which is no file; the browser keeps it like one."""

    def get(self) -> None:
        """Send it, unless the browser has it."""
        self.set_header("Content-Type", "text/css")
        if self.get_query_argument("v", ""):  # another content has another address
            self.set_header("Cache-Control", f"max-age={StaticFileHandler.CACHE_MAX_AGE}")
        self.finish(stylesheet())

    head = get


# `static` is the address of earlier versions: a page that was opened before an update uses it.
# No slash in a name: Bokeh serves files of its own in the folders of `/dashboard/static/`.
ASSET_ROUTES: list[tuple[str, type[RequestHandler], dict[str, Any]]] = [
    (rf"/dashboard/(?:assets|static)/{re.escape(STYLESHEET)}", StylesheetHandler, {}),
    (r"/dashboard/(?:assets|static)/([a-z0-9_]+\.[a-z]+)", StaticFileHandler, {"path": STATIC}),
]
