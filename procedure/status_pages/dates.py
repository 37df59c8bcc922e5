"""Times as status pages write them, brought to UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

# {0} is the prefix of the group names: the pattern stands twice, for the start and for the end.
_DAY = (
    r"(?:(?P<{0}d>\d{{1,2}})\.(?P<{0}m>\d{{1,2}})\.(?P<{0}y>\d{{4}})"
    r"|(?P<{0}Y>\d{{4}})-(?P<{0}M>\d\d)-(?P<{0}D>\d\d))"
    r"[\s,;]{{1,3}}(?:\w{{1,3}}\s)?"
)
_HOUR = r"(?P<{0}h>\d{{1,2}})[:h.](?P<{0}n>\d\d)(?!\d)(?:\s?(?:Uhr|h))?"
_TO = r"\s?(?:-|–|—|bis|to|à|until)\s?"
_START = _DAY.format("a") + _HOUR.format("a")
_END = f"(?:{_DAY.format('b')})?{_HOUR.format('b')}"
_SPAN = re.compile(_START + _TO + _END, re.IGNORECASE)


def read_instant(value: object, zone: ZoneInfo) -> datetime | None:
    """Read RFC 3339, RFC 2822 or `YYYY-MM-DD HH:MM:SS`; `zone` is that of a time without one.

    None for anything else, and for years outside 2000 to 2100: the page is mistaken, or is lying.
    """
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc(read(value.strip()), zone)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def latest(values: Iterable[object], zone: ZoneInfo) -> datetime | None:
    """Return the latest of those that can be read."""
    return max((at for at in (read_instant(one, zone) for one in values) if at), default=None)


def read_span(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Find the first `28.11.2026, 07:00 – 09:00` in a text, with or without a second date.

    Written for the announcements of Swiss library networks, in the wall time of `zone`.
    """
    found = _SPAN.search(text[:2000])
    if found is None:
        return None
    second = "b" if found["bd"] or found["bY"] else "a"
    try:
        start = _utc(_written(found, "a", "a"), zone)
        end = _utc(_written(found, second, "b"), zone)
    except (ValueError, OverflowError):
        return None
    return (start, end) if start < end else None


def _written(found: re.Match[str], day: str, hour: str) -> datetime:
    year, month, date = (
        int(found[day + dotted] or found[day + dashed])
        for dotted, dashed in (("y", "Y"), ("m", "M"), ("d", "D"))
    )
    hours, minutes = int(found[hour + "h"]), int(found[hour + "n"])
    return datetime(year, month, date, hours, minutes)  # noqa: DTZ001 (its zone comes next)


def _utc(read: datetime, zone: ZoneInfo) -> datetime:
    aware = read if read.tzinfo is not None else read.replace(tzinfo=zone)
    at = aware.astimezone(UTC)
    if not 2000 <= at.year <= 2100:
        raise ValueError("not a year of this page")
    return at
