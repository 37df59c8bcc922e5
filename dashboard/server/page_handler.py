"""Serves the page in two steps: the frame at once, and the session when the browser connects.

By default, Bokeh creates the session, with every model of the page, before responding. This handler
responds with only the frame and a token. Bokeh creates the session when the browser opens a
websocket with this token. Websockets are queued (`PageQueue`).
"""

import gzip
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from bokeh.events import DocumentReady
from tornado.web import RequestHandler, authenticated

from dashboard.core.page_queue import PAGE_QUEUE
from dashboard.core.visitor import Visitor
from dashboard.server.asset_files import takes_gzip
from dashboard.server.page_messages import (
    find_foreign_part,
    has_too_many_values,
    largest_message,
)
from dashboard.server.panel_internals import (
    ProtocolError,
    WSHandler,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
)

# (a request's arguments, cookies and `Accept-Language`, a new session's token, the visitor)
# -> the page's frame
Frame = Callable[[Mapping[str, list[bytes]], Mapping[str, str], str, str, Visitor], str]

_log = logging.getLogger(__name__)

CHECK_EVERY = 1.0  # seconds between checks that a sign-in is still valid
REFUSED = 1008  # "policy violation" in RFC 6455
PARTS = 3  # parts of a message without buffers: header, metadata, content
SIGN_IN_OVER = 4401  # code for closing a websocket; 4000 to 4999 are for applications


class PageHandler(RequestHandler):
    """Responds to a page's URL with its frame, without creating a session."""

    request: Any  # with the visitor that the filter has found
    application: Any  # Bokeh's

    def initialize(self, frame: Frame, application_context: Any) -> None:
        self._frame, self._context = frame, application_context

    async def prepare(self) -> None:
        """Identify the visitor, as Bokeh does before its own handlers."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        self.current_user = await provider.get_user_async(self)

    def get_login_url(self) -> str:
        """Return the sign-in URL relative to the page, because a proxy may add a prefix."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        find = provider.get_login_url
        return f".{provider.login_url if find is None else find(self)}"

    @authenticated
    def get(self) -> None:
        """Send the frame; browsers must not cache it, because its token expires."""
        application = self.application
        signing = {"secret_key": application.secret_key, "signed": application.sign_sessions}
        token = generate_jwt_token(
            generate_session_id(**signing),
            expiration=application.session_token_expiration,
            extra_payload=self._session_request(),
            **signing,
        )
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        visitor = self.request.visitor
        accepts = self.request.headers.get("Accept-Language", "")
        frame = self._frame(
            self.request.arguments, self._cookies(), accepts, token, visitor
        ).encode()
        self.set_header("Vary", "Accept-Encoding")
        if takes_gzip(self):
            self.set_header("Content-Encoding", "gzip")
            frame = gzip.compress(frame, compresslevel=5)
        self.finish(frame)

    def _cookies(self) -> dict[str, str]:
        return {name: cookie.value for name, cookie in self.request.cookies.items()}

    def _session_request(self) -> dict[str, Any]:
        """Return the data about this request that Bokeh would store in a session's token."""
        headers = dict(self.request.headers)
        headers.pop("Cookie", None)  # already in `cookies`
        of_request = {
            "headers": headers,
            "cookies": self._cookies(),
            "arguments": self.request.arguments,
        }
        return of_request | self._context.application.process_request(self.request)


class PageSocket(WSHandler):
    """Opens a session's websocket; the creation of sessions is queued.

    If the visitor's sign-in has ended, the websocket is closed when the next message arrives. The
    websocket is also closed if somebody else's request created the session, because the session
    then has that person's permissions.
    """

    request: Any  # with the visitor that the filter has found, and the filter's `UnfinishedBodies`
    application: Any  # Bokeh's

    _checked_at = 0.0
    _has_document = False
    _parts = 0  # parts of an incomplete message received so far
    _held = 0  # the number of characters in these parts

    @property
    def max_message_size(self) -> int:
        """The maximum size of a message part; a larger part closes the websocket."""
        return largest_message(self.request.visitor)

    def open(self) -> None:
        """Open the page; if its token has expired or is invalid, close the websocket."""
        try:
            super().open()
        except (ProtocolError, ValueError) as refusal:
            _log.info("Closing a websocket: its token is not valid (%s)", type(refusal).__name__)
            self.close(REFUSED, "the token is not valid")

    async def on_message(self, fragment: str | bytes) -> None:
        """Handle a message part if pages send such parts and the sign-in is still valid."""
        if isinstance(fragment, bytes):
            self._refuse("bytes")
            return
        if has_too_many_values(fragment):
            self._refuse("too many values")
            return
        if not self._hold(len(fragment)):
            self._refuse("too many characters")
            return
        try:
            await self._on_text(fragment)
        finally:
            self._parts = (self._parts + 1) % PARTS
            if not self._parts:
                self._release()

    async def _on_text(self, fragment: str) -> None:
        connection = self.connection
        if connection is not None and self._is_foreign(connection.session):
            self._close_foreign()
            return
        now = monotonic()
        if now - self._checked_at >= CHECK_EVERY:
            self._checked_at = now
            if not self.application.auth_provider.is_signed_in(self.request.visitor):
                self.close(SIGN_IN_OVER, "the sign-in has ended")
                return
        await super().on_message(fragment)

    async def _handle(self, message: Any) -> Any:
        """Handle a message; before the browser's first change, trigger `DocumentReady`.

        A change shows that the browser has received the document. Without the event, Panel would
        drop the effects of changes until the browser had drawn everything. For example, a filter
        would not change the rows.
        """
        if part := find_foreign_part(message.msgtype, message.content):
            self._refuse(part)
            return None
        if not self._has_document and message.msgtype == "PATCH-DOC":
            self._has_document = True
            session: Any = self.connection.session  # type: ignore[union-attr]
            ready = session.document.callbacks.trigger_event
            await session.with_document_locked(ready, DocumentReady())
        return await super()._handle(message)

    def on_close(self) -> None:
        self._release()
        super().on_close()

    def _hold(self, size: int) -> bool:
        """Count a message part as an unfinished body; return False if the part exceeds a limit."""
        if self._held + size > self.max_message_size:
            return False
        if not self.request.bodies.hold(self.request.remote_ip or "", size):
            return False
        self._held += size
        return True

    def _release(self) -> None:
        self.request.bodies.release(self.request.remote_ip or "", self._held)
        self._held = 0

    def _refuse(self, part: str) -> None:
        _log.warning("Closing a websocket: no page sends %s", part[:80])
        self.close(REFUSED, "no page sends this")

    async def _async_open(self, token: str) -> None:
        wanted = get_session_id(token)
        sessions = self.application_context.sessions
        if any(session.id == wanted and self._is_foreign(session) for session in sessions):
            self._close_foreign()
            return
        async with PAGE_QUEUE.next():
            await super()._async_open(token)

    def _is_foreign(self, session: Any) -> bool:
        """Return whether somebody else's request created the session."""
        context: Any = session.document.session_context
        return context.request.visitor != self.request.visitor

    def _close_foreign(self) -> None:
        _log.warning("Closing a websocket to somebody else's session")
        self.close(SIGN_IN_OVER, "the page was opened by somebody else")
