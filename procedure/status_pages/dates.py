"""Parses the machine-readable times on status pages into UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime


def read_instant(value: object, zone: tzinfo) -> datetime | None:
    """Parse a time as in RFC 3339, RFC 2822 or `YYYY-MM-DD HH:MM:SS`; return it in aware UTC.

    `zone` applies to a time without an offset. The result is None if the value is not a time in one
    of these formats, or if its year is not from 2000 to 2100.
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


def _utc(read: datetime, zone: tzinfo) -> datetime:
    aware = read if read.tzinfo is not None else read.replace(tzinfo=zone)
    at = aware.astimezone(UTC)
    if not 2000 <= at.year <= 2100:
        raise ValueError("implausible year")
    return at
