"""The page in two steps: its frame at once, its session when the browser has connected.

Bokeh makes the session, with every model of the page, before it answers the request. Here the
answer is the frame alone, with a token that opens the session; Bokeh makes it when the websocket
comes with that token, and these wait for their turn (`PageQueue`).
"""

import gzip
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from bokeh.events import DocumentReady
from tornado.web import RequestHandler, authenticated

from dashboard.core.page_queue import PAGE_QUEUE
from dashboard.core.users import User
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

# Arguments, cookies and `Accept-Language` of a request, its token, who asks -> the page's frame.
Frame = Callable[[Mapping[str, list[bytes]], Mapping[str, str], str, str, User], str]

_log = logging.getLogger(__name__)

CHECK_EVERY = 1.0  # seconds between two looks at a sign-in
REFUSED = 1008  # "policy violation", as RFC 6455 names it
PARTS = 3  # of a message without buffers: header, metadata, content
SIGN_IN_OVER = 4401  # the code with which a websocket is closed: 4000 to 4999 are an application's


class PageHandler(RequestHandler):
    """Answers a page's address with its frame, without making a session."""

    def initialize(self, frame: Frame, application_context: Any) -> None:
        self._frame, self._context = frame, application_context

    async def prepare(self) -> None:
        """Find out who asks, as Bokeh does before each of its own handlers."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        self.current_user = await provider.get_user_async(self)

    def get_login_url(self) -> str:
        """Return where somebody signs in, relative to the page: a proxy may add a prefix."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        find = provider.get_login_url
        return f".{provider.login_url if find is None else find(self)}"

    @authenticated
    def get(self) -> None:
        """Send the frame, which no browser keeps: the token in it expires."""
        application: Any = self.application
        signing = {"secret_key": application.secret_key, "signed": application.sign_sessions}
        token = generate_jwt_token(
            generate_session_id(**signing),
            expiration=application.session_token_expiration,
            extra_payload=self._session_request(),
            **signing,
        )
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        visitor = self.request.visitor  # type: ignore[attr-defined]
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
        """Return what the session knows of this request, as Bokeh has it in its token."""
        headers = dict(self.request.headers)
        headers.pop("Cookie", None)  # the same as `cookies`
        of_request = {
            "headers": headers,
            "cookies": self._cookies(),
            "arguments": self.request.arguments,
        }
        return of_request | self._context.application.process_request(self.request)


class PageSocket(WSHandler):
    """Opens a session's websocket; a session that has to be made waits for its turn.

    Once the sign-in with which it was opened is over, it is closed at the next message. So is one
    for a session that somebody else's request has made: its states have their rights.
    """

    _checked_at = 0.0
    _has_document = False
    _parts = 0  # of a message that is not complete
    _held = 0  # its characters

    @property
    def max_message_size(self) -> int:
        """How large a part of a message may be: tornado closes the websocket at a larger one."""
        return largest_message(self.request.visitor)

    def open(self) -> None:
        """Open the page, or close the websocket of one that slept longer than its token counts."""
        try:
            super().open()
        except (ProtocolError, ValueError) as refusal:
            _log.info("Closing a websocket: its token does not count (%s)", type(refusal).__name__)
            self.close(REFUSED, "the token does not count")

    async def on_message(self, fragment: str | bytes) -> None:
        """Handle a part of a message, as long as the sign-in lasts and pages send such parts."""
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
                self.close(SIGN_IN_OVER, "the sign-in is over")
                return
        await super().on_message(fragment)

    async def _handle(self, message: Any) -> Any:
        """Handle a message; the first change that a browser sends shows that it has its document.

        Panel waits for the browser to have drawn all of it, and drops until then whatever such a
        change alters in turn: the rows of a filter would stay as they were.
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
        """Count a part among the bodies that arrive, and return whether it may be kept."""
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
        """Return whether somebody else's request has made a session."""
        context: Any = session.document.session_context
        return context.request.visitor != self.request.visitor

    def _close_foreign(self) -> None:
        _log.warning("Closing a websocket to the session of somebody else")
        self.close(SIGN_IN_OVER, "the page was opened by somebody else")
