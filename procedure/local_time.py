"""Conversion between instants and local times."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

USUAL_ZONE = ZoneInfo("Europe/Zurich")
_zones = [USUAL_ZONE]  # the zone of this process


def library_zone() -> ZoneInfo:
    return _zones[0]


def use_zone(zone: ZoneInfo) -> None:
    """Set the library's time zone for this process; must be called at startup."""
    _zones[:] = [zone]
    _local_minute.cache_clear()
    _latest_day.clear()


def zone_named(name: str) -> ZoneInfo | None:
    """Return the time zone with this name (such as `Europe/Zurich`), or None if it is unknown."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # an unknown name, a path or a folder
        return None


def local(at: datetime, zone: ZoneInfo | None = None) -> datetime:
    """Convert an aware instant to local time, by default the library's."""
    return at.astimezone(zone or library_zone())


def local_minute(at: datetime) -> datetime:
    """Convert a UTC instant to local time, and drop its seconds.

    The result is cached, because the conversion is the main cost of reading thousands of
    transactions.
    """
    return _local_minute(at.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _local_minute(minute: datetime) -> datetime:
    return local(minute)


# The start and end (UTC) of the day that `local_day` returned last, and the day itself.
_latest_day: list[tuple[datetime, datetime, date]] = []


def local_day(at: datetime) -> date:
    """Return the local day of a UTC instant.

    The last result is cached, because the conversion is the main cost of reading a loan.
    """
    for start, end, day in _latest_day:
        if start <= at < end:
            return day
    day = local(at).date()
    start, end = (
        datetime.combine(edge, time(), library_zone()).astimezone(UTC)
        for edge in (day, day + timedelta(days=1))
    )
    _latest_day[:] = [(start, end, day)]
    return day


def start_of_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def at_noon(day: date) -> datetime:
    """Return noon on a local day (aware)."""
    return datetime.combine(day, time(12), library_zone())


def is_ambiguous(at: datetime, zone: ZoneInfo | None = None) -> bool:
    """Return whether an instant's local time occurs twice, so that its offset must be shown."""
    return len(instants(local(at, zone).replace(tzinfo=None), zone)) == 2


def instants(wall_time: datetime, zone: ZoneInfo | None = None) -> tuple[datetime, ...]:
    """Return the UTC instants with this naive local time, earliest first.

    There are none in the hour skipped in March, and two in the hour repeated in October.
    """
    there = zone or library_zone()
    candidates = (wall_time.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(sorted({at for at in candidates if _has_wall_time(at, wall_time, there)}))


def _has_wall_time(at: datetime, wall_time: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).replace(tzinfo=None, fold=0) == wall_time.replace(fold=0)


_CLOCK_TEXT = re.compile(
    r"(?:(\d{1,2})[./](\d{1,2})\.?[ ,]+)?(\d{1,2})(?:[:.]| ?h ?)(\d{2})", re.ASCII
)


def parse_last_time(text: str, now: datetime) -> datetime | None:
    """Return the latest instant (UTC) up to `now` with the local time in `text`, or None.

    `text` is a time of day, optionally after a date; for any other text, the result is None.
    """
    return max((at for at in _candidates(text, now) if at <= now), default=None)


def parse_next_time(text: str, now: datetime) -> datetime | None:
    """Return the first instant (UTC) after `now` with the local time in `text`, or None.

    `text` is a time of day, optionally after a date; for any other text, the result is None.
    """
    return min((at for at in _candidates(text, now) if at > now), default=None)


def _candidates(text: str, now: datetime) -> list[datetime]:
    match = _CLOCK_TEXT.fullmatch(text.strip())
    if match is None:
        return []
    day, month, hour, minute = (int(part) if part else None for part in match.groups())
    today = local(now).date()
    around = [today + timedelta(ahead) for ahead in (-1, 0, 1)]
    days = around if day is None else _dates(today, day, month or 1)
    try:
        clock = time(hour or 0, minute or 0)
    except ValueError:
        return []
    return [at for date_ in days for at in instants(datetime.combine(date_, clock))]


def _dates(today: date, day: int, month: int) -> list[date]:
    dates: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue
    return dates
