"""The page in two steps: its frame at once, its session when the browser has connected.

Bokeh makes the session, with every model of the page, before it answers the request. Here the
answer is the frame alone, with a token that opens the session; Bokeh makes it when the websocket
comes with that token, and these wait for their turn (`Turns`).
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from bokeh.server.session import ServerSession
from bokeh.util.token import generate_jwt_token, generate_session_id, get_session_id
from panel.io.server import DocHandler, WSHandler
from tornado.web import authenticated

from dashboard.core.request_priority import TURNS
from dashboard.core.rights import User
from dashboard.server.asset_files import takes_gzip

# What a request says of the session, its token, and who asks -> the page's frame.
Frame = Callable[[Mapping[str, list[bytes]], Mapping[str, str], str, User], str]

_log = logging.getLogger(__name__)

CHECK_EVERY = 1.0  # seconds between two looks at a sign-in
SIGN_IN_OVER = 4401  # the code with which a websocket is closed: 4000 to 4999 are an application's


class PageHandler(DocHandler):
    """Answers a page's address with its frame, without making a session."""

    def initialize(self, frame: Frame, **context: Any) -> None:
        """Take what makes the frame."""
        super().initialize(**context)
        self._frame = frame

    @authenticated
    async def get(self, *args: object, **values: object) -> None:
        """Send the frame, which no browser keeps: the token in it expires."""
        del args, values
        payload = self._generate_token_payload()
        application = self.application
        signing = {"secret_key": application.secret_key, "signed": application.sign_sessions}
        token = generate_jwt_token(
            generate_session_id(**signing),
            expiration=application.session_token_expiration,
            extra_payload=payload,
            **signing,
        )
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        cookies = {name: cookie.value for name, cookie in self.request.cookies.items()}
        visitor = self.request.visitor  # type: ignore[attr-defined]
        frame = self._frame(self.request.arguments, cookies, token, visitor).encode()
        self.set_header("Vary", "Accept-Encoding")
        if takes_gzip(self):
            self.set_header("Content-Encoding", "gzip")
            frame = gzip.compress(frame, compresslevel=5)
        self.finish(frame)


class PageSocket(WSHandler):
    """Opens a session's websocket; a session that has to be made waits for its turn.

    Once the sign-in with which it was opened is over, it is closed at the next message. So is one
    for a session that somebody else's request has made: its states have their rights.
    """

    _checked_at = 0.0

    async def on_message(self, fragment: str | bytes) -> None:
        """Handle a part of a message, as long as the sign-in lasts."""
        connection = self.connection
        if connection is not None and self._is_foreign(connection.session):
            self._close_foreign()
            return
        now = monotonic()
        if now - self._checked_at >= CHECK_EVERY:
            self._checked_at = now
            if not self.application.auth_provider.stands(self.request.visitor):
                self.close(SIGN_IN_OVER, "the sign-in is over")
                return
        await super().on_message(fragment)

    async def _async_open(self, token: str) -> None:
        wanted = get_session_id(token)
        sessions = self.application_context.sessions
        if any(session.id == wanted and self._is_foreign(session) for session in sessions):
            self._close_foreign()
            return
        async with TURNS.next():
            await super()._async_open(token)

    def _is_foreign(self, session: ServerSession) -> bool:
        """Return whether somebody else's request has made a session."""
        context: Any = session.document.session_context
        return context.request.visitor != self.request.visitor

    def _close_foreign(self) -> None:
        _log.warning("Closing a websocket to the session of somebody else")
        self.close(SIGN_IN_OVER, "the page was opened by somebody else")
