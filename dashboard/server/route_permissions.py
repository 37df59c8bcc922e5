"""The permission that each route requires.

Our own handlers declare theirs. Of Panel's and Bokeh's routes, only the login pages and those that
match a pattern in `PANEL_ROUTES` are served.
"""

import re
from collections.abc import Iterable

from tornado.web import ErrorHandler

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.visitor import Permission
from dashboard.server.asset_files import ASSET_ROUTES, NO_SUCH_PATH

LIVENESS = "/liveness"
# Pattern for the path after the server's prefix -> the required permission (None: open to
# everybody, even before signing in), and why the path is served.
PANEL_ROUTES: dict[str, tuple[Permission | None, str]] = {
    "/?": (Permission.READ, "leads to the page, or serves it (panel serve --index)"),
    "/ws": (Permission.READ, "the websocket of that page"),
    "/metadata": (Permission.READ, "the title of that page, for programs"),
    "/autoload.js": (Permission.READ, "embeds that page in another"),
    "/dashboard/?": (Permission.READ, "the page"),
    "/dashboard/ws": (Permission.READ, "its websocket"),
    "/dashboard/metadata": (Permission.READ, "its title, for programs"),
    "/dashboard/autoload.js": (Permission.READ, "embeds it in another page"),
    "/dashboard/static/(.*)": (None, "scripts of pages opened before an update"),
    "/static/(.*)": (None, "BokehJS"),
    "/static/(?!extensions/)(.*)": (None, "the same, with --index"),
    "/static/extensions/(.*)": (None, "the scripts and styles of Panel"),
    "/favicon.ico": (None, "the icon that browsers ask for"),
    LIVENESS: (None, "whether the process answers (panel serve --liveness)"),
}


class RoutePermissions:
    """The permissions for a server with this prefix, including those for any login pages."""

    def __init__(self, prefix: str = "", login_pages: Iterable[str] = ()) -> None:
        of_panel = {pattern: permission for pattern, (permission, _) in PANEL_ROUTES.items()}
        files = [NO_SUCH_PATH, *(pattern for pattern, *_ in ASSET_ROUTES), *login_pages]
        table = of_panel | dict.fromkeys(files)
        self._prefix = prefix
        self._table = [(re.compile(pattern), permission) for pattern, permission in table.items()]

    def is_known(self, kind: type, path: str) -> bool:
        """Return whether the permission for this handler class and path is known."""
        return issubclass(kind, AuthorisedHandler | ErrorHandler) or bool(self._permissions(path))

    def permission_for(self, kind: type, path: str) -> Permission | None:
        """Return the permission that a handler class requires for a path, or None."""
        if issubclass(kind, AuthorisedHandler):
            return kind.permission
        return None if issubclass(kind, ErrorHandler) else self._permissions(path)[0]

    def asks_itself(self, kind: type, path: str) -> bool:
        """Return whether the handler itself identifies the visitor, as ours and the page's do."""
        return issubclass(kind, AuthorisedHandler) or Permission.READ in self._permissions(path)

    def _permissions(self, path: str) -> list[Permission | None]:
        path = path.removeprefix(self._prefix)
        return [permission for regex, permission in self._table if regex.fullmatch(path)]
