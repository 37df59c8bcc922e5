"""Planned work, announced by a feed or entered by staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from procedure.errors import PlannedWorkRefused
from procedure.journal import Act
from procedure.local_time import instants


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A span of planned work, `start <= t < end` in aware UTC.

    `start` is None if no start is known, and `end` is None if no end is known. `source` is
    `feed:<format>` or `person:<workstation>`. `title` is plain text.
    """

    start: datetime | None
    end: datetime | None
    source: str
    title: str = ""

    def covers(self, at: datetime) -> bool:
        return self.start is not None and self.start <= at and not self.has_ended(at)

    def has_ended(self, at: datetime) -> bool:
        """Return whether the work has ended; always False if no end is known."""
        return self.end is not None and self.end <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenancePlanned(Act):
    """Planned work on one target, entered by staff; `start` and `end` are aware UTC."""

    KIND: ClassVar[str] = "window"

    target: str
    start: datetime
    end: datetime
    title: str = ""

    @property
    def work(self) -> PlannedWork:
        return PlannedWork(self.start, self.end, person_source(self.workstation), self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWithdrawn(Act):
    """The withdrawal of planned work that was called off or entered by mistake.

    `window` is the id of the planned work.
    """

    KIND: ClassVar[str] = "window_withdrawn"

    window: UUID


def person_source(workstation: str) -> str:
    """Return the source of an entry made by a person at this workstation."""
    return f"person:{workstation}"


def current_work(
    entries: Iterable[MaintenancePlanned | MaintenanceWithdrawn],
) -> tuple[MaintenancePlanned, ...]:
    """Return the planned work that has not been withdrawn, sorted by start."""
    known = list(entries)
    withdrawn = {entry.window for entry in known if isinstance(entry, MaintenanceWithdrawn)}
    planned = {entry.id: entry for entry in known if isinstance(entry, MaintenancePlanned)}
    return tuple(
        sorted(
            (entry for entry in planned.values() if entry.id not in withdrawn),
            key=lambda entry: (entry.start, entry.end, str(entry.id)),
        )
    )


MAX_DURATION = timedelta(days=7)
MAX_AHEAD = timedelta(days=366)


def parse_planned_span(begin: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    """Parse two local times such as `2026-11-29T02:00`, and return them in UTC.

    In the hour that occurs twice in October, the start is the first occurrence and the end is the
    second, so that the span is too long rather than too short.

    Raises:
        PlannedWorkRefused: the work cannot be entered; `reason` says why.
    """
    starts, ends = _instants(begin, "begin"), _instants(end, "end")
    start, last = starts[0], ends[-1]
    wrong = {
        "backwards": last <= start,
        "over": last <= now,
        "too_long": last - start > MAX_DURATION,
        "too_far": start - now > MAX_AHEAD,
    }
    for reason, holds in wrong.items():
        if holds:
            raise PlannedWorkRefused(reason)
    return start, last


def _instants(text: str, which: str) -> tuple[datetime, ...]:
    try:
        wall_time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise PlannedWorkRefused(f"{which}_unreadable") from None
    if wall_time.tzinfo is not None or not 2000 <= wall_time.year <= 9000:
        raise PlannedWorkRefused(f"{which}_unreadable")
    candidates = instants(wall_time)
    if not candidates:
        raise PlannedWorkRefused(f"{which}_skipped")
    return candidates
