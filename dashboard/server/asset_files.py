"""The page's own scripts, style and icon, at `/dashboard/assets/`."""

from __future__ import annotations

import mimetypes
from typing import Any

from tornado.web import StaticFileHandler

from dashboard.ui.templating import STATIC

# On Windows these come from the registry, where a program may have set .js to text/plain; with
# nosniff the browser would then refuse the scripts.
for kind, suffix in (
    ("text/javascript", ".js"),
    ("text/css", ".css"),
    ("image/svg+xml", ".svg"),
):
    mimetypes.add_type(kind, suffix)

# `static` is the address of earlier versions: a page that was opened before an update uses it.
# No slash in a name: Bokeh serves files of its own in the folders of `/dashboard/static/`.
ASSET_ROUTES: list[tuple[str, type[StaticFileHandler], dict[str, Any]]] = [
    (r"/dashboard/(?:assets|static)/([a-z0-9_]+\.[a-z]+)", StaticFileHandler, {"path": STATIC}),
]
