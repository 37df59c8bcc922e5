"""Conversion of the local times in a file to instants."""

from datetime import UTC, datetime

from procedure.circulation.offline_files.alma_layout import STAMP
from procedure.local_time import instants, local

_DAYS, _CLOCKS = ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"), ("%H:%M", "%H:%M:%S")
_FORMS = (*(f"{day} {clock}" for day in _DAYS for clock in _CLOCKS), STAMP)
EXAMPLE = "2026-11-24 09:12 or 24.11.2026 09:12"


class LocalTimeReader:
    """Converts a file's local times in line order.

    In the hour that occurs twice in October, times belong to the first occurrence until they go
    backward.
    """

    def __init__(self) -> None:
        self._before: datetime | None = None

    def read(self, text: str) -> tuple[datetime, str]:
        """Return the UTC instant of a date and time, and its local minute (`YYYYMMDDHHMM`).

        A time without a UTC offset is local.

        Raises:
            ValueError: the text is not a time (the message says how to write one), or the clocks
                skipped it in March.
        """
        time = parsed(text)
        if time.tzinfo is None:
            return self.place(time)
        at = time.astimezone(UTC)
        return at, local(at).strftime(STAMP)

    def place(self, wall_time: datetime) -> tuple[datetime, str]:
        """Return the UTC instant of a naive local time, and its local minute.

        Raises:
            ValueError: the time was skipped in March.
        """
        moments = instants(wall_time)
        if not moments:
            raise ValueError("has a time that the clocks skipped in March")
        later = self._before is not None and self._before > moments[0]
        self._before = moments[-1] if later else moments[0]
        return self._before, wall_time.strftime(STAMP)


def parsed(text: str) -> datetime:
    """Parse a date and a time of day; the result is aware if an offset is given.

    Raises:
        ValueError: the text is not a time, or the year is not between 1900 and 2999.
    """
    time = _iso(text) or next(filter(None, (_parse(form, text) for form in _FORMS)), None)
    if time is None or not 1900 <= time.year < 3000:
        raise ValueError(f"has no readable time; write it like {EXAMPLE}")
    return time


def _iso(text: str) -> datetime | None:
    # `fromisoformat` would also accept plain digits, and a date without a time.
    if text.isdecimal() or len(text) < 16:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse(form: str, text: str) -> datetime | None:
    if form == STAMP and not (len(text) == 12 and text.isascii() and text.isdecimal()):
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - local, as in the file
    except ValueError:
        return None
