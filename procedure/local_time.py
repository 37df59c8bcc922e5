"""Instants and what a clock on the wall shows, across the hours that are skipped or come twice."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

GENEVA = ZoneInfo("Europe/Zurich")


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of this name (`Europe/Zurich`); None when there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, a path, or the name of a folder
        return None


def local(at: datetime, zone: ZoneInfo = GENEVA) -> datetime:
    """Return what the wall clock shows at an aware instant, with its zone."""
    return at.astimezone(zone)


def local_minute(at: datetime) -> datetime:
    """Return the local minute (Europe/Zurich) of a UTC instant.

    Cached: thousands of transactions share a minute, and conversion is what costs most of them.
    """
    return _local_minute(at.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _local_minute(minute: datetime) -> datetime:
    return local(minute)


def comes_twice(at: datetime, zone: ZoneInfo = GENEVA) -> bool:
    """Tell whether the wall clock shows this time twice that night: then the zone must be shown."""
    return len(instants(local(at, zone).replace(tzinfo=None), zone)) == 2


def instants(shown: datetime, zone: ZoneInfo = GENEVA) -> tuple[datetime, ...]:
    """Return every UTC instant at which the wall clock shows this naive time, earliest first.

    None in the hour skipped in March, two in the hour repeated in October, else one.
    """
    found = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(sorted({at for at in found if _shows(at, shown, zone)}))


def _shows(at: datetime, shown: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).replace(tzinfo=None, fold=0) == shown.replace(fold=0)


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
