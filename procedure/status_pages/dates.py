"""Parsing of the dates and times that status pages write, into UTC."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

# {0} is a prefix for the group names, since the pattern is used for the start and for the end.
_DAY = (
    r"(?:(?P<{0}d>\d{{1,2}})\.(?P<{0}m>\d{{1,2}})\.(?P<{0}y>\d{{4}})"
    r"|(?P<{0}Y>\d{{4}})-(?P<{0}M>\d\d)-(?P<{0}D>\d\d))"
    r"[\s,;]{{1,3}}(?:\w{{1,3}}\s)?"
)
_HOUR = r"(?P<{0}h>\d{{1,2}})[:h.](?P<{0}n>\d\d)(?!\d)(?:\s?(?:Uhr|h))?"
_SEPARATOR = r"\s?(?:-|–|—|bis|to|à|until)\s?"
_START = _DAY.format("a") + _HOUR.format("a")
_END = f"(?:{_DAY.format('b')})?{_HOUR.format('b')}"
_SPAN = re.compile(_START + _SEPARATOR + _END, re.IGNORECASE)


def read_instant(value: object, zone: tzinfo) -> datetime | None:
    """Parse RFC 3339, RFC 2822 or `YYYY-MM-DD HH:MM:SS`; return aware UTC.

    `zone` applies to times without an offset. Returns None for anything else and for years outside
    2000 to 2100.
    """
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc(read(value.strip()), zone)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def latest(values: Iterable[object], zone: tzinfo) -> datetime | None:
    """Return the latest of the values that can be parsed (aware UTC), or None."""
    return max((at for at in (read_instant(value, zone) for value in values) if at), default=None)


def read_span(text: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return the first span in the text as two UTC instants, or None.

    Understands `28.11.2026, 07:00 – 09:00` and ISO dates, with or without a second date, in the
    wall time of `zone`, as Swiss library networks write them.
    """
    match = _SPAN.search(text[:2000])
    if match is None:
        return None
    second = "b" if match["bd"] or match["bY"] else "a"
    try:
        start = _utc(_matched_time(match, "a", "a"), zone)
        end = _utc(_matched_time(match, second, "b"), zone)
    except (ValueError, OverflowError):
        return None
    return (start, end) if start < end else None


def _matched_time(match: re.Match[str], day: str, hour: str) -> datetime:
    year, month, date = (
        int(match[day + dotted] or match[day + dashed])
        for dotted, dashed in (("y", "Y"), ("m", "M"), ("d", "D"))
    )
    hours, minutes = int(match[hour + "h"]), int(match[hour + "n"])
    return datetime(year, month, date, hours, minutes)  # noqa: DTZ001 (its zone comes next)


def _utc(read: datetime, zone: tzinfo) -> datetime:
    aware = read if read.tzinfo is not None else read.replace(tzinfo=zone)
    at = aware.astimezone(UTC)
    if not 2000 <= at.year <= 2100:
        raise ValueError("not a year of this page")
    return at
