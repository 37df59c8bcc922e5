"""Finds the dates and the periods of planned work that machines write.

These are the header of a notice on Atlassian Statuspage, "THIS IS A SCHEDULED EVENT Nov 27, 21:00 -
Nov 28, 02:00 UTC", and dates with two times, "28.11.2026, 07:00 – 09:00".
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from procedure.status_pages.dates import read_instant

Period = tuple[datetime, datetime]
HEADER = "THIS IS A SCHEDULED EVENT"
_DAY, _CLOCK = r"([A-Z][a-z]{2}) (\d{1,2})", r"(\d{1,2}:\d\d)"
_ZONE = "(UTC|GMT|[ECMP][SD]T|CES?T|BST)"
_HEADER = re.compile(rf"{HEADER} {_DAY}, {_CLOCK} [-–] (?:{_DAY}, )?{_CLOCK} {_ZONE}\b")
_DATE = r"(\d{1,2})\.(\d{1,2})\.(\d{4})"
_DATED = re.compile(
    rf"(?<![\w.]){_DATE},? {_CLOCK}(?: Uhr)? ?[-–] ?(?:{_DATE},? )?{_CLOCK}(?![\w:])"
)
_ANY_DAY = re.compile(
    r"(?<![\w./-])(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})(?:[./](?P<y2>\d{4}))?)(?![\w/-])"
)
# The zones that RFC 2822, and so the standard library, does not name.
_OFFSETS = {"CET": "+0100", "CEST": "+0200", "BST": "+0100"}
_LONGEST_NIGHT = timedelta(hours=12)


def periods(text: str, at: datetime, zone: tzinfo) -> list[Period]:
    """Return the periods in the text, as pairs of aware UTC times.

    A header has no year: it gets the year in which it is nearest to `at`. `zone` applies to dates
    with two times. Periods that do not exist are left out, such as one on 31 February.
    """
    found = [*_in_headers(text, at), *_with_dates(text, zone)]
    return [(start, end) for start, end in found if start < end]


def day_of(text: str, at: datetime, zone: tzinfo) -> date | None:
    """Return the first date in the text if it has come in this zone, or None.

    A date without a year gets the latest year in which it has come.
    """
    match, today = _ANY_DAY.search(text), at.astimezone(zone).date()
    if match is None:
        return None
    year, month, day = (match[name] or match[f"{name}2"] for name in "ymd")
    years = (int(year),) if year else (today.year, today.year - 1)
    days = (_date(each, int(month), int(day)) for each in years)
    return next((known for known in days if known and known <= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_headers(text: str, at: datetime) -> Iterator[Period]:
    for match in _HEADER.finditer(text):
        month, day, start, month2, day2, end, zone = match.groups()
        first = _nearest(f"{day} {month}", start, zone, at)
        last = first and _nearest(f"{day2 or day} {month2 or month}", end, zone, first)
        if first and last:
            yield first, last


def _nearest(day: str, clock: str, zone: str, at: datetime) -> datetime | None:
    offset = _OFFSETS.get(zone, zone)
    years = (at.year + step for step in (0, 1, -1))
    instants = (read_instant(f"{day} {year} {clock}:00 {offset}", UTC) for year in years)
    return min(filter(None, instants), key=lambda instant: abs(instant - at), default=None)


def _with_dates(text: str, zone: tzinfo) -> Iterator[Period]:
    for match in _DATED.finditer(text):
        day, month, year, start, day2, month2, year2, end = match.groups()
        first = _local(day, month, year, start, zone)
        last = _local(day2 or day, month2 or month, year2 or year, end, zone)
        if first and last and not day2 and last <= first:
            last = _next_day(last, zone)
            last = last if last - first <= _LONGEST_NIGHT else None
        if first and last:
            yield first, last


def _local(day: str, month: str, year: str, clock: str, zone: tzinfo) -> datetime | None:
    if clock == "24:00":
        midnight = _local(day, month, year, "00:00", zone)
        return midnight and _next_day(midnight, zone)
    return read_instant(f"{year}-{month:0>2}-{day:0>2}T{clock:0>5}", zone)


def _next_day(instant: datetime, zone: tzinfo) -> datetime:
    return (instant.astimezone(zone) + timedelta(days=1)).astimezone(UTC)  # the same wall time
