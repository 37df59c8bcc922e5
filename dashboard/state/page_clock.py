"""The clock of one page, read by the server's: a workstation's wrong time harms no loan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A page that waited longer than this has a clock that was set, not a patient user.
OLDEST = timedelta(days=31)
# The distance between the clocks is kept through the delays of single messages, or two scans
# that follow each other would change places in Alma's file. A much quicker message knows it
# better; a much slower one means that the workstation slept and its clock stood still.
QUICKER = timedelta(milliseconds=250)
SLOWER = timedelta(seconds=30)


@dataclass(slots=True)
class PageClock:
    """What to add to the page's milliseconds to get the server's instant; None before any."""

    ahead: timedelta | None = None

    def instant(self, made: float, sent: float, now: datetime) -> datetime:
        """Return when a transaction was made (UTC), never after `now`.

        `made` and `sent` are milliseconds of the page's own clock; `now` is when it arrived.

        Raises:
            ValueError, OverflowError: they are no times.
        """
        age = timedelta(milliseconds=sent - made)
        measured = now - EPOCH - timedelta(milliseconds=sent)
        kept = self.ahead
        if kept is None or not kept - QUICKER <= measured <= kept + SLOWER:
            kept = self.ahead = measured
        at = now - age + (kept - measured)
        return max(min(at, now), now - OLDEST)
