"""The log of writes that were refused or failed: a line for each reason, not for each write."""

from __future__ import annotations

import logging

from procedure.errors import ProcedureError

EVERY = 60.0  # seconds between two lines of one reason
MOST_REASONS = 200

_log = logging.getLogger(__name__)


class RefusalLog:
    """Counts refused writes by reason; at most one line a minute says how many of each."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._waiting: dict[str, int] = {}
        self._logged_at: dict[str, float] = {}

    def add(self, reason: str, count: int, now: float) -> None:
        """Count refused writes at an instant in seconds, and log them at most once a minute.

        `reason` goes into the log as it is: it must not quote what was to be written.
        """
        total = self._waiting.pop(reason, 0) + count
        if now - self._logged_at.get(reason, float("-inf")) < EVERY:
            self._waiting[reason] = total
            return
        if len(self._logged_at) >= MOST_REASONS:
            self._logged_at.clear()
        self._logged_at[reason] = now
        _log.error("%s (%d): %s", self._what, total, reason)


def loggable(error: BaseException) -> str:
    """Return what of an error may be logged: its type where the message may quote a user."""
    return str(error) if isinstance(error, ProcedureError) else type(error).__name__
