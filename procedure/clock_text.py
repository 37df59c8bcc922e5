"""Times as people write them, 09:12 or 24.11. 09:12, turned into instants near the present."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from procedure.local_time import instants, local

_CLOCK = re.compile(r"(?:(\d{1,2})[./](\d{1,2})\.?[ ,]+)?(\d{1,2})(?:[:.]| ?h ?)(\d{2})", re.ASCII)


def last_at(text: str, now: datetime) -> datetime | None:
    """Return the newest instant not after `now` (UTC) at which Geneva's clock showed this time.

    Without a day it is today's or yesterday's. None when the text is no time.
    """
    return max((one for one in _near(text, now) if one <= now), default=None)


def next_at(text: str, now: datetime) -> datetime | None:
    """Return the first instant after `now` (UTC) at which Geneva's clock will show this time.

    Without a day it is today's or tomorrow's. None when the text is no time.
    """
    return min((one for one in _near(text, now) if one > now), default=None)


def _near(text: str, now: datetime) -> list[datetime]:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return []
    day, month, hour, minute = (int(part) if part else None for part in found.groups())
    today = local(now).date()
    around = [today + timedelta(ahead) for ahead in (-1, 0, 1)]
    days = around if day is None else _dated(today, day, month or 1)
    try:
        clock = time(hour or 0, minute or 0)
    except ValueError:
        return []
    return [one for each in days for one in instants(datetime.combine(each, clock))]


def _dated(today: date, day: int, month: int) -> list[date]:
    found: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found
