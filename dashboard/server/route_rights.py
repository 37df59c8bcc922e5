"""What each route needs.

One of ours says it itself; of what Panel and Bokeh bring, only these patterns are answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tornado.web import ErrorHandler

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.users import Permission
from dashboard.server.asset_files import ASSET_ROUTES, NO_SUCH_PATH

LIVENESS = "/liveness"
# As the server's routes have them, after its prefix -> what somebody needs (None: for everybody,
# also before anybody has signed in), and why it is answered.
INHERITED: dict[str, tuple[Permission | None, str]] = {
    "/?": (Permission.READ, "leads to the page, or is it (panel serve --index)"),
    "/ws": (Permission.READ, "the websocket of that page"),
    "/metadata": (Permission.READ, "the title of that page, for programs"),
    "/autoload.js": (Permission.READ, "shows that page within another one"),
    "/dashboard/?": (Permission.READ, "the page"),
    "/dashboard/ws": (Permission.READ, "its websocket"),
    "/dashboard/metadata": (Permission.READ, "its title, for programs"),
    "/dashboard/autoload.js": (Permission.READ, "shows it within another one"),
    "/dashboard/static/(.*)": (None, "scripts of pages opened before an update"),
    "/static/(.*)": (None, "BokehJS"),
    "/static/(?!extensions/)(.*)": (None, "the same, with --index"),
    "/static/extensions/(.*)": (None, "the scripts and styles of Panel"),
    "/favicon.ico": (None, "the icon that browsers ask for"),
    LIVENESS: (None, "whether the process answers (panel serve --liveness)"),
}


class RouteRights:
    """The table, for a server with this prefix, and the pages of a login of Panel's."""

    def __init__(self, prefix: str = "", login_pages: Iterable[str] = ()) -> None:
        inherited = {pattern: act for pattern, (act, _) in INHERITED.items()}
        files = [NO_SUCH_PATH, *(pattern for pattern, *_ in ASSET_ROUTES), *login_pages]
        table = inherited | dict.fromkeys(files)
        self._prefix = prefix
        self._table = [(re.compile(pattern), act) for pattern, act in table.items()]

    def is_known(self, kind: type, path: str) -> bool:
        """Return whether an address is answered at all by a handler of this class."""
        return issubclass(kind, AuthorisedHandler | ErrorHandler) or bool(self._acts(path))

    def needed(self, kind: type, path: str) -> Permission | None:
        """Return what a handler of this class needs at an address, None: it is for everybody."""
        if issubclass(kind, AuthorisedHandler):
            return kind.act
        return None if issubclass(kind, ErrorHandler) else self._acts(path)[0]

    def asks_itself(self, kind: type, path: str) -> bool:
        """Return whether a handler finds out by itself who asks: ours, and those of pages."""
        return issubclass(kind, AuthorisedHandler) or Permission.READ in self._acts(path)

    def _acts(self, path: str) -> list[Permission | None]:
        path = path.removeprefix(self._prefix)
        return [act for regex, act in self._table if regex.fullmatch(path)]
