"""The log of writes that were refused or failed: a line for each reason, not one for each write."""

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
        # By reason: when its last line was written, and how many were refused since.
        self._reasons: dict[str, tuple[float, int]] = {}

    def add(self, reason: str, count: int, now: float) -> None:
        """Count refused writes at an instant in seconds, and log them when it is time to.

        `reason` goes into the log as it is: it must not quote what was to be written.
        """
        written_at, unwritten = self._reasons.get(reason, (float("-inf"), 0))
        total = unwritten + count
        if now - written_at < EVERY:
            self._reasons[reason] = (written_at, total)
            return
        if len(self._reasons) >= MOST_REASONS:
            self._reasons.clear()
        self._reasons[reason] = (now, 0)
        _log.error("%s (%d): %s", self._what, total, reason)


def loggable(error: BaseException) -> str:
    """Return what a log may say of an error: the type alone where a message may quote a reader."""
    return str(error) if isinstance(error, ProcedureError) else type(error).__name__
