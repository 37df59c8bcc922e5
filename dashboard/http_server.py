"""The HTTP server: what every request and every answer passes, before Bokeh and Panel.

Bokeh makes its server by tornado's `HTTPServer`, whose implementation can be set for the process
(`HTTPServer.configure`). So `relais serve` and `panel serve dashboard` both get this one, whatever
their flags.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bokeh.server.tornado import BokehTornado
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerConnectionDelegate, HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from dashboard.asset_files import ASSET_ROUTES

Application = HTTPServerConnectionDelegate | Callable[[HTTPServerRequest], None]


class RelaisServer(HTTPServer):
    """tornado's server; of an application that is not Bokeh's, it changes nothing."""

    def initialize(self, request_callback: Application, **options: Any) -> None:  # type: ignore[override]
        """Take the application and the options of `HTTPServer`."""
        if isinstance(request_callback, BokehTornado):
            add_assets(request_callback)
        super().initialize(request_callback, **options)


def add_assets(application: BokehTornado) -> None:
    """Serve our files; added to Bokeh's own list of patterns, its static files would come first."""
    prefix = application.prefix
    ours = [(prefix + path, *more) for path, *more in ASSET_ROUTES]
    application.add_handlers(r".*", [(r"/.*%00.*", NoSuchPath), *ours])


class NoSuchPath(RequestHandler):
    """404 for an address that holds a NUL, at which the handler of a static file fails with 500."""

    def prepare(self) -> None:
        """Refuse it, whatever the method."""
        raise HTTPError(404)
