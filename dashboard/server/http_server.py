"""The HTTP server in front of Bokeh and Panel.

Bokeh creates its server through tornado's `HTTPServer`, which can be replaced for the whole process
(`HTTPServer.configure`). As a result, `relais serve` and `panel serve dashboard` both use this
server, whatever their flags.
"""

import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import panel as pn
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    HTTPServerRequest,
)
from tornado.iostream import IOStream
from tornado.routing import URLSpec

from dashboard.access.visitors import Visitors
from dashboard.core.allowed_clients import audience, local
from dashboard.server.access_provider import AccessProvider
from dashboard.server.asset_files import ASSET_ROUTES, NO_SUCH_PATH, NoSuchPath
from dashboard.server.not_found import NotFound
from dashboard.server.page_handler import Frame, PageHandler, PageSocket
from dashboard.server.panel_internals import (
    AuthProvider,
    BasicAuthProvider,
    BokehTornado,
    OAuthLoginHandler,
    OAuthProvider,
)
from dashboard.server.request_filter import RequestFilter, allowed_origins
from dashboard.server.route_permissions import RoutePermissions
from dashboard.server.security_headers import SecurityHeaders
from dashboard.settings import Settings
from procedure.io.sql_accounts import SqlAccounts

Route = tuple[str, type, dict[str, object]]  # path, handler class, arguments of `initialize`
Application = HTTPServerConnectionDelegate | Callable[[HTTPServerRequest], None]

PAGE = "/dashboard"
# Seconds after which an idle connection is closed. Proxies usually close their connections after 60
# seconds. If the server closed a connection first, a proxy could be sending a request at that time.
IDLE = 75.0
# Seconds within which a body must arrive. A desk's largest message is 512 kB, which takes about 80
# seconds at 50 kbit/s. Files are sent over the websocket, which has no such limit.
BODY = 120.0
LARGEST_BODY = 1024 * 1024
LIMITS: Mapping[str, Any] = {
    "idle_connection_timeout": IDLE,
    "body_timeout": BODY,
    "max_body_size": LARGEST_BODY,
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The limit on open file descriptors; 0 if there is no limit (as on Windows)."""

    limit: int = 0

    def are_short(self, newest: int) -> bool:
        """Return whether few descriptors are left.

        `newest` is a descriptor that was just opened; the system gave it the lowest free number.
        """
        spare = min(128, self.limit // 4)
        return 0 < self.limit - spare <= newest


def raise_descriptor_limit() -> Descriptors:
    """Raise the limit on open files as far as this account is allowed to, and return it."""
    if os.name == "nt" or sys.platform == "win32":
        return Descriptors()
    import resource  # noqa: PLC0415 (not on Windows)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as refusal:  # macOS enforces a lower limit than it reports
        _log.info("The limit of %d open files could not be raised: %s", soft, refusal)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Descriptors(0 if soft == resource.RLIM_INFINITY else soft)


class RelaisServer(HTTPServer):
    """tornado's server, with our limits and our filter for Bokeh's applications."""

    def initialize(  # type: ignore[override]
        self,
        request_callback: Application,
        *,
        routes: Iterable[Route] = (),
        frame: Frame | None = None,
        accounts: SqlAccounts,
        **options: Any,
    ) -> None:
        """Set up the filter and the limits.

        `routes` are served in addition to the application's pages, `frame` makes the frame of our
        page, and `accounts` are the local accounts.
        """
        self._filter: RequestFilter | None = None
        if isinstance(request_callback, BokehTornado):
            settings = Settings.from_env()
            xheaders = options.get("xheaders", False)
            self._filter = _filter(request_callback, settings, accounts, xheaders=xheaders)
            _add_routes(request_callback, routes)
            request_callback.settings |= {
                "default_handler_class": NotFound,
                "default_handler_args": {"status_code": 404, "usual": settings.language},
            }
            if frame is not None:
                _answer_by_frames(request_callback, frame)
            self._proxies = settings.trusted_proxies
            self._descriptors = raise_descriptor_limit()
            options = {**LIMITS, **options}
            if self._proxies:
                options |= {"xheaders": True, "trusted_downstream": sorted(self._proxies)}
        super().initialize(self._filter or request_callback, **options)

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Listen on these sockets.

        Raises:
            SystemExit: other machines could reach the server without signing in.
        """
        listening = list(sockets)
        if self._filter is not None:
            for listener in listening:
                if listener.family in {socket.AF_INET, socket.AF_INET6}:
                    host, port = listener.getsockname()[:2]
                    self._filter.listen_at(port, elsewhere=not local(host))
                else:
                    self._filter.listen_elsewhere()
            self._filter.check_start()
        super().add_sockets(listening)

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Accept a connection, unless it would use one of the last descriptors.

        The last descriptors are reserved for the database and the probes. If none were left, each
        attempt to accept a connection would fail with a traceback.
        """
        used = stream.socket
        if self._filter and used is not None and self._descriptors.are_short(used.fileno()):
            _log.warning("Too many open connections: a new one was closed")
            stream.close()
            return
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Start a request; only a trusted proxy's headers may set the client's address."""
        peer = request_conn.context.remote_ip  # type: ignore[attr-defined]
        if self._filter is not None and self._proxies and peer not in self._proxies:
            return self._filter.start_request(server_conn, request_conn)
        return super().start_request(server_conn, request_conn)


def _filter(
    application: BokehTornado, settings: Settings, accounts: SqlAccounts, *, xheaders: bool
) -> RequestFilter:
    # If our routes were in Bokeh's own list of patterns, its static-file route would shadow them.
    application.add_handlers(r".*", [(NO_SUCH_PATH, NoSuchPath)])
    _add_routes(application, ASSET_ROUTES)
    allowed = audience(settings, xheaders=xheaders, origins=allowed_origins(application))
    login = _login(application)
    visitors = Visitors(
        settings,
        allowed,
        accounts,
        login,
        shares_password=_shares_password(login),
        begins_sign_ins=_is_openid(login),
    )
    if login and visitors.begins_sign_ins:
        # This import takes a seventh of a second, and is needed only for OpenID Connect.
        from dashboard.access.openid_sign_in import openid_routes  # noqa: PLC0415

        _add_routes(application, openid_routes(login.login_url, login.logout_url, visitors))
    known = login.endpoints if login else ()
    rights = RoutePermissions(application.prefix, (path for path, *_ in known))
    application.auth_provider = AccessProvider(visitors, rights.permission_for, login)
    return RequestFilter(application, visitors, rights, SecurityHeaders(settings.frame_ancestors))


def _add_routes(application: BokehTornado, routes: Iterable[Route]) -> None:
    specs = [URLSpec(application.prefix + path, kind, values) for path, kind, values in routes]
    application.add_handlers(r".*", specs)


def _login(application: BokehTornado) -> AuthProvider | None:
    """Return the login that Panel was started with, or None."""
    given = application.auth_provider
    return given if given.get_user or given.get_user_async else None


def _is_openid(login: AuthProvider | None) -> bool:
    """Return whether Panel was started with an OAuth login, which `openid_sign_in` replaces."""
    kind = login.login_handler if isinstance(login, OAuthProvider) else None
    return kind is not None and issubclass(kind, OAuthLoginHandler)


def _shares_password(login: AuthProvider | None) -> bool:
    """Return whether Panel's login has one password for all names."""
    given = pn.config.basic_auth  # with `--oauth-provider` this is the provider's name
    return (
        isinstance(login, BasicAuthProvider)
        and not isinstance(login, OAuthProvider)
        and isinstance(given, str)
        and not Path(given).is_file()
    )


def _answer_by_frames(application: BokehTornado, frame: Frame) -> None:
    for path, context in application.applications.items():
        if path in {PAGE, "/"}:  # `--index dashboard` also serves the page at the root
            base = path.rstrip("/")
            shared = {"application_context": context}
            route = re.escape(application.prefix + base)
            socket = shared | {"bokeh_websocket_path": f"{base}/ws"}
            page = (f"{route}/?", PageHandler, shared | {"frame": frame})
            application.add_handlers(r".*", [page, (f"{route}/ws", PageSocket, socket)])
