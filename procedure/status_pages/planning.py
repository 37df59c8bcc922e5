"""Planned work as a person enters it: two local times, held against the clock of Geneva."""

from __future__ import annotations

from datetime import datetime, timedelta

from procedure.errors import WindowRefused
from procedure.local_time import instants

LONGEST = timedelta(days=7)
FARTHEST = timedelta(days=366)

# In English for a shell; the page has its own sentences under the same keys.
REFUSALS: dict[str, str] = {
    "begin_unreadable": "The beginning is no date and time; write it as 2026-11-29T02:00.",
    "end_unreadable": "The end is no date and time; write it as 2026-11-29T04:00.",
    "begin_skipped": "The clock skips the beginning that night; take the hour after.",
    "end_skipped": "The clock skips the end that night; take the hour after.",
    "backwards": "The end does not come after the beginning; look at both again.",
    "over": "This work is over; enter only what is still to come.",
    "too_long": "More than seven days are a mistake, or not one window; enter each part.",
    "too_far": "This is more than a year away; look at the year again.",
}


def planned_between(begin: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the UTC instants of work entered in Geneva's time (`2026-11-29T02:00`).

    In the hour that comes twice in October, the work begins the first time and ends the second:
    rather an hour too much than one that nobody was warned of.

    Raises:
        WindowRefused: with one of the keys of `REFUSALS`.
    """
    starts, ends = _instants(begin, "begin"), _instants(end, "end")
    start, last = starts[0], ends[-1]
    wrong = {
        "backwards": last <= start,
        "over": last <= now,
        "too_long": last - start > LONGEST,
        "too_far": start - now > FARTHEST,
    }
    for reason, holds in wrong.items():
        if holds:
            raise _refused(reason)
    return start, last


def _instants(text: str, which: str) -> tuple[datetime, ...]:
    try:
        shown = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _refused(f"{which}_unreadable") from None
    if shown.tzinfo is not None or not 2000 <= shown.year <= 9000:
        raise _refused(f"{which}_unreadable")
    found = instants(shown)
    if not found:
        raise _refused(f"{which}_skipped")
    return found


def _refused(reason: str) -> WindowRefused:
    return WindowRefused(reason, REFUSALS[reason])
