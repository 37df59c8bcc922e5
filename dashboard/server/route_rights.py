"""What each route needs: one of ours says it itself, those of Bokeh and Panel stand here.

A route that is in neither needs the right to coordinate.
"""

from __future__ import annotations

from collections.abc import Iterable

from bokeh.server.views.auth_request_handler import AuthRequestHandler
from bokeh.server.views.ico_handler import IcoHandler
from bokeh.server.views.metadata_handler import MetadataHandler
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.root_handler import RootHandler
from bokeh.server.views.static_handler import StaticHandler
from panel.io.liveness import LivenessHandler
from panel.io.server import AutoloadJsHandler, ComponentResourceHandler
from tornado.web import ErrorHandler, RequestHandler

from dashboard.core.http import AuthorisedHandler
from dashboard.core.rights import Permission
from dashboard.server.asset_files import CompressedFileHandler, NoSuchPath, StylesheetHandler
from dashboard.server.page_handler import PageHandler, PageSocket

# The most derived class counts. None: for everybody, also before anybody has signed in.
NEEDED: dict[type[RequestHandler], Permission | None] = {
    PageHandler: Permission.READ,
    PageSocket: Permission.READ,
    AutoloadJsHandler: Permission.READ,
    MetadataHandler: Permission.READ,
    RootHandler: Permission.READ,
    CompressedFileHandler: None,
    StylesheetHandler: None,
    StaticHandler: None,
    MultiRootStaticHandler: None,
    ComponentResourceHandler: None,
    NoSuchPath: None,
    IcoHandler: None,
    LivenessHandler: None,
    ErrorHandler: None,
}


class RouteRights:
    """The table, with the pages of Panel's login, which are for everybody."""

    def __init__(self, login_pages: Iterable[type] = ()) -> None:
        self._needed = NEEDED | dict.fromkeys(login_pages)

    def needed(self, kind: type) -> Permission | None:
        """Return what a handler of this class needs, None when it is for everybody."""
        if issubclass(kind, AuthorisedHandler):
            return kind.act
        known = (self._needed[base] for base in kind.__mro__ if base in self._needed)
        return next(known, Permission.COORDINATE)


def asks_itself(kind: type) -> bool:
    """Return whether a handler of this class finds out by itself who asks, before it answers."""
    return issubclass(kind, AuthRequestHandler | AuthorisedHandler)
