"""The security headers of every response, explained in docs/security.md."""

from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPConnection, HTTPHeaders, RequestStartLine, ResponseStartLine

from dashboard.server.request_id import HEADER

# Each value besides 'self' and 'none' was tested in a browser: without it, part of the page fails.
_CONTENT = {
    "default-src": "'self'",
    # Bokeh's page starts with an inline script, its models compile expressions, and Panel's
    # components are modules loaded from blobs.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    # The browser probes every target in the handbook, and a target may redirect anywhere. Panel's
    # loader fetches its components as blobs.
    "connect-src": "* blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
# Browsers ignore the policy of a script or style sheet. A page loads forty of these files, and
# sending the policy with each file would add 12 kB.
_NO_DOCUMENT = frozenset({"text/javascript", "application/javascript", "text/css"})
_CROSS_ORIGIN = "Access-Control-"


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """The headers of every response; only pages from `frame_ancestors` may frame ours."""

    frame_ancestors: tuple[str, ...] = ()

    def add_to(self, headers: HTTPHeaders) -> None:
        """Add the headers; browsers also apply the response's own policy, if it has one."""
        kind = headers.get("Content-Type", "").partition(";")[0]
        content = {} if kind in _NO_DOCUMENT else _CONTENT
        ancestors = {"frame-ancestors": " ".join(self.frame_ancestors) or "'none'"}
        policy = "; ".join(" ".join(pair) for pair in (content | ancestors).items())
        headers.add("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"


class SecuredConnection(HTTPConnection):
    """A tornado connection that adds the security headers and the request's id to each response.

    `reader` is the origin of the requesting page, if it may read the response. Bokeh would let
    every origin read the script with a session's token.
    """

    def __init__(self, connection: HTTPConnection, security: SecurityHeaders) -> None:
        self._connection = connection
        self._security = security
        self.reader: str | None = None
        self.request_id = ""

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> Any:
        self._security.add_to(headers)
        self._limit_readers(headers)
        if self.request_id:
            headers[HEADER] = self.request_id
        return self._connection.write_headers(start_line, headers, chunk)

    def write(self, chunk: bytes) -> Any:
        return self._connection.write(chunk)

    def finish(self) -> None:
        self._connection.finish()

    def _limit_readers(self, headers: HTTPHeaders) -> None:
        named = [name for name in headers if name.startswith(_CROSS_ORIGIN)]
        if self.reader is None:
            for name in named:
                del headers[name]
        elif named:
            headers["Access-Control-Allow-Origin"] = self.reader
            headers.add("Vary", "Origin")

    def __getattr__(self, name: str) -> Any:
        # Attributes that tornado's class has beyond its interface: context, stream, detach.
        return getattr(self._connection, name)
