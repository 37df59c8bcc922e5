"""The days on which the whole house is closed beside public holidays, as its papers list them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import cast

LONGEST = timedelta(days=60)  # a longer closure is a year mistyped


def closures(value: object) -> frozenset[date]:
    """Read a list of days and spans such as `2026-12-24` and `2026-12-24/2027-01-03`.

    Both ends of a span are closed; dates are local. A ValueError says which entry cannot be read.
    """
    if not isinstance(value, list):
        raise ValueError('must be a list of days such as "2026-12-24" or "2026-12-24/2027-01-03"')  # noqa: TRY004 - a wrong type in a file is a wrong value
    entries = cast("list[object]", value)
    return frozenset(day for entry in entries for day in _days(entry))


def _days(entry: object) -> Iterator[date]:
    first, last = _ends(entry)
    if not timedelta() <= last - first <= LONGEST:
        raise ValueError(f'"{entry}" does not end within {LONGEST.days} days of its beginning')
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _ends(entry: object) -> tuple[date, date]:
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return entry, entry
    begin, slash, end = str(entry).partition("/")
    try:
        return date.fromisoformat(begin), date.fromisoformat(end if slash else begin)
    except ValueError:
        raise ValueError(
            f'"{entry}" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"'
        ) from None
