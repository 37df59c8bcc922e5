"""Notes in the journal that a page showed identifiers to its person, once an hour."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from procedure.personal_data.access_entries import identifiers_seen

_log = logging.getLogger(__name__)


class IdentifierAccess:
    """What one place of a page has noted."""

    def __init__(self, context: AppContext, session: Session, page: str) -> None:
        self._context, self._session, self._page = context, session, page
        self._hour: datetime | None = None

    def note(self) -> None:
        """Note that identifiers are shown now; while nothing can be stored it is tried again."""
        person, now = self._session.person, self._context.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour or not person.acts:
            return
        self._hour = hour
        entry = identifiers_seen(now, self._page, person.workstation, person.name)
        self._context.journal.submit(entry).add_done_callback(self._stored)

    def _stored(self, future: Future[Any]) -> None:
        if fault := future.exception():
            self._hour = None
            _log.warning("Who sees %r cannot be noted: %s", self._page, fault)
