"""Refuses requests for the wrong host name, from the wrong machine, or without permission.

A page on another site can make its own host name resolve to this machine (DNS rebinding), and the
browser then lets it read and send anything. But the Host header still contains that name.
"""

import logging
from collections.abc import Sequence
from http.client import responses
from typing import Any

from bokeh.settings import settings as bokeh_settings
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.routing import Router
from tornado.web import RequestHandler

from dashboard.access.visitors import Visitors
from dashboard.core.allowed_clients import REFUSAL, origin_host
from dashboard.server.bodies import BoundedBody, UnfinishedBodies
from dashboard.server.health import HealthRoute
from dashboard.server.panel_internals import BokehTornado, check_allowlist
from dashboard.server.request_id import IdentifiedRequest, answering, request_id
from dashboard.server.route_permissions import LIVENESS, RoutePermissions
from dashboard.server.security_headers import SecuredConnection, SecurityHeaders

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
OTHER_HOST = (
    "Relais does not respond under the name {host}. Open it under the name it was "
    "started with, or add this one: relais serve --origin {host} (panel serve: "
    "--allow-websocket-origin {host}). / Ce Relais ne répond pas sous le nom {host} : ouvrez-le "
    "sous le nom prévu, ou ajoutez celui-ci au démarrage avec --origin {host}."
)
NO_ORIGIN = (
    "Only a page on this server may open this websocket: the Origin header does not name one. / "
    "Seule une page de ce serveur peut ouvrir cette connexion : l’en-tête Origin n’en nomme aucune."
)
NOT_ALLOWED = (
    "This address is for coordinators who are signed in. / Cette adresse est réservée à la "
    "coordination, connectée."
)

TOO_MUCH = (
    "Too much is being sent at once: try again later. / Trop d’envois en même temps : réessayez."
)
NOT_SERVED = "Relais does not serve this address. / Relais ne sert pas cette adresse."

_log = logging.getLogger(__name__)


class RequestFilter(Router):
    """Routes allowed requests to Bokeh's application, and refuses all others."""

    def __init__(
        self,
        application: BokehTornado,
        visitors: Visitors,
        rights: RoutePermissions,
        security: SecurityHeaders,
    ) -> None:
        self._application = application
        self._visitors, self._audience = visitors, visitors.audience
        self._rights = rights
        self._security = security
        self._bodies = UnfinishedBodies()
        self._own_hosts: set[str] = set()

    def listen_at(self, port: int, *, elsewhere: bool) -> None:
        """Allow this port under the machine's own names, which no other site can use.

        `elsewhere` says whether other machines can reach the port too.
        """
        if elsewhere:
            self.listen_elsewhere()
        own = {f"{name}:{port}" for name in LOOPBACK}
        self._own_hosts |= own
        # If Bokeh accepts websockets from pages at localhost, accept the other local names too.
        if f"localhost:{port}" in self._application.websocket_origins:
            self._application.websocket_origins.update(own)

    def listen_elsewhere(self) -> None:
        """Record that other machines may connect."""
        self._visitors.listens_elsewhere = True

    def check_start(self) -> None:
        """Refuse to serve other machines if nobody has to sign in.

        Raises:
            SystemExit: the message says what to do.
        """
        if self._visitors.refusal:
            raise SystemExit(self._visitors.refusal)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Start a request, storing the peer's address before a proxy's headers change it."""
        context = request_conn.context  # type: ignore[attr-defined]
        context.peer = context.remote_ip
        return super().start_request(server_conn, SecuredConnection(request_conn, self._security))

    def find_handler(
        self, request: HTTPServerRequest, **more: object
    ) -> HTTPMessageDelegate | None:
        """Return the handler for the request, or a handler that refuses it."""
        # `bodies` is for the websocket, and `origin` for the session: Bokeh gives a session the
        # headers of the page's request, which have no Origin.
        request.bodies = self._bodies  # type: ignore[attr-defined]
        request.origin = origin = request.headers.get("Origin", "")  # type: ignore[attr-defined]
        host = origin_host(origin)
        if host and self.is_allowed(host):
            request.connection.reader = origin  # type: ignore[union-attr]
        name = request.connection.request_id = request_id(request.headers)  # type: ignore[union-attr]
        handler = self._application.find_handler(request, **more)
        with answering(name):
            allowed = self._allowed(handler, request)
        if allowed is None:
            return None
        full = _Refusal(request, TOO_MUCH, 503)
        bounded = BoundedBody(allowed, full, self._bodies, request.remote_ip or "")
        return IdentifiedRequest(bounded, name)

    def _allowed(
        self, handler: HTTPMessageDelegate | None, request: HTTPServerRequest
    ) -> HTTPMessageDelegate | None:
        if _is(handler, HealthRoute):
            return handler
        if request.path == f"{self._application.prefix}{LIVENESS}":
            # With a query, Bokeh's handler would create a whole page that nobody sees.
            return _Refusal(request, NOT_ALLOWED) if request.query else handler
        reason = self._refusal(request) or self._missing_permission(handler, request)
        return _Refusal(request, reason) if reason else handler

    def _missing_permission(self, handler: object, request: Any) -> str | None:
        """Record the visitor; return why they may not use the route, or None."""
        request.visitor = self._visitors.known(request, request.connection.context.peer)
        kind = getattr(handler, "handler_class", RequestHandler)
        if not self._rights.is_known(kind, request.path):
            _log.warning("Refusing a path that is not in the permission table: %s", kind.__name__)
            return NOT_SERVED
        permission, visitor = self._rights.permission_for(kind, request.path), request.visitor
        if permission is None or self._rights.asks_itself(kind, request.path):
            return None
        return None if visitor and visitor.may(permission) else NOT_ALLOWED

    def _refusal(self, request: HTTPServerRequest) -> str | None:
        peer = request.connection.context.peer  # type: ignore[union-attr]
        if not self._audience.is_answered(peer, request.headers, request.version):
            _log.warning("Refusing a request that does not come from this machine (%s)", peer)
            return REFUSAL
        host = request.headers.get("Host", "")
        if not self.is_allowed(host):
            printable_host = "".join(sign for sign in host if sign.isprintable())[:100]
            _log.warning(
                "Refusing a request for Host %r: --origin is missing, or this is an attack",
                printable_host,
            )
            return OTHER_HOST.format(host=printable_host or "-")
        if _opens_websocket(request) and not self._may_open(request, peer):
            _log.warning("Refusing a websocket without a usable Origin (%s)", peer)
            return NO_ORIGIN
        return None

    def _may_open(self, request: HTTPServerRequest, peer: str) -> bool:
        """Return whether a websocket request has an Origin, which Bokeh checks, or needs none."""
        if "Origin" in request.headers:
            return origin_host(request.headers["Origin"]) != ""
        return self._audience.is_this_machine(peer, request.headers, request.version)

    def is_allowed(self, host: str) -> bool:
        """Return whether the rules for the websockets' origins allow a host, given as HOST:PORT."""
        host = host.lower()
        name, colon, port = host.rpartition(":")
        if not colon or not port.isdecimal():
            name, port = host, "80"
        full = f"{name}:{port}"
        return full in self._own_hosts or check_allowlist(full, allowed_origins(self._application))


def allowed_origins(application: BokehTornado) -> Sequence[str]:
    """Return the origins of pages that may open a websocket, as HOST:PORT or patterns."""
    return bokeh_settings.allowed_ws_origin() or sorted(application.websocket_origins)


def _is(handler: HTTPMessageDelegate | None, wanted: type[RequestHandler]) -> bool:
    kind = getattr(handler, "handler_class", None)
    return isinstance(kind, type) and issubclass(kind, wanted)


def _opens_websocket(request: HTTPServerRequest) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


class _Refusal(HTTPMessageDelegate):
    """Sends the reason for a refusal before the body is read, and closes the connection."""

    def __init__(self, request: HTTPServerRequest, reason: str, status: int = 403) -> None:
        self._request, self._reason, self._status = request, reason, status

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        del start_line, headers
        body = f"{self._reason}\n".encode()
        response_headers = HTTPHeaders(
            {
                "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": str(len(body)),
                "Cache-Control": "no-store",
                "Connection": "close",
            }
        )
        connection = self._request.connection
        assert connection is not None
        chunk = None if self._request.method == "HEAD" else body
        start = ResponseStartLine("HTTP/1.1", self._status, responses[self._status])
        connection.write_headers(start, response_headers, chunk)
        connection.finish()
