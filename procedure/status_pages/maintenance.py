"""Planned work: windows announced in a feed or entered by hand, and which of them still stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


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
