"""Planned work: windows announced in a feed or entered by hand, and which of them still stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from procedure.errors import WindowRefused
from procedure.local_time import instants


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A stretch of planned work, `start <= t < end` in aware UTC.

    `start` is None when the work was announced without a time; `end` is None when it was not
    told. `source` says who announced it, as in a `Reading`. `title` is plain text.
    """

    start: datetime | None
    end: datetime | None
    source: str
    title: str = ""

    def covers(self, at: datetime) -> bool:
        """Tell whether the work is on at this instant."""
        return self.start is not None and self.start <= at and not self.over(at)

    def over(self, at: datetime) -> bool:
        """Tell whether the work has ended; without an end it never has."""
        return self.end is not None and self.end <= at


@dataclass(frozen=True, slots=True)
class MaintenancePlanned:
    """Planned work on one target, entered by a person; `start` and `end` in aware UTC."""

    KIND: ClassVar[str] = "window"

    id: UUID
    at: datetime
    target: str
    start: datetime
    end: datetime
    title: str = ""
    workstation: str = ""
    operator: str | None = None

    @property
    def window(self) -> MaintenanceWindow:
        """Return it as any other window."""
        return MaintenanceWindow(self.start, self.end, person(self.workstation), self.title)


@dataclass(frozen=True, slots=True)
class MaintenanceWithdrawn:
    """Planned work that will not take place, or was entered wrongly; names what it withdraws."""

    KIND: ClassVar[str] = "window_withdrawn"

    id: UUID
    at: datetime
    window: UUID
    workstation: str = ""
    operator: str | None = None


def person(workstation: str) -> str:
    """Name a person at a workstation as a source; never to be taken for a feed."""
    return f"person:{workstation}"


def current_windows(
    entries: Iterable[MaintenancePlanned | MaintenanceWithdrawn],
) -> tuple[MaintenancePlanned, ...]:
    """Return the planned work that nobody has withdrawn, by start, in whatever order read."""
    kept = list(entries)
    withdrawn = {one.window for one in kept if isinstance(one, MaintenanceWithdrawn)}
    planned = {one.id: one for one in kept if isinstance(one, MaintenancePlanned)}
    return tuple(
        sorted(
            (one for one in planned.values() if one.id not in withdrawn),
            key=lambda one: (one.start, one.end, str(one.id)),
        )
    )


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
