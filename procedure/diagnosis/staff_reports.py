"""What people said: what they read on status pages, whether Alma works for them, planned work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, TypeVar
from uuid import UUID

from procedure.journal import Recorded
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    current_windows,
)
from procedure.status_pages.readings import (
    STAFF_READING_HOLDS,
    PageStatusReadByStaff,
    Reading,
    person_reading,
)

KINDS = ("reading", "report", "window", "window_withdrawn")
REPORT_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffReport:
    """*Alma works here* or *Alma does not work here*, in one click.

    `workstation` is the key of the vantage, `site` and `vdi` are what was known of it then.
    `about` is an optional word on what fails; no personal data.
    """

    KIND: ClassVar[str] = "report"

    id: UUID
    at: datetime
    workstation: str
    works: bool
    site: str = ""
    vdi: bool = False
    about: str = ""

    def fresh(self, now: datetime) -> bool:
        """Tell whether it still counts: a quarter of an hour, unless set otherwise."""
        return self.at <= now < self.at + REPORT_HOLDS


_Said = TypeVar("_Said", PageStatusReadByStaff, StaffReport)


class StaffReports:
    """A fold over the journal: the newest word of each person's workstation.

    `holds` is how long a person's reading of a page counts.
    """

    def __init__(self, *, holds: timedelta = STAFF_READING_HOLDS) -> None:
        self.holds = holds
        self._readings: dict[str, PageStatusReadByStaff] = {}
        self._reports: dict[str, StaffReport] = {}
        self._windows: list[MaintenancePlanned | MaintenanceWithdrawn] = []

    def extend(self, recorded: Iterable[Recorded]) -> bool:
        """Take what was committed, in order; tell whether anything of it was somebody's word."""
        before = (len(self._windows), *self._readings.values(), *self._reports.values())
        for one in recorded:
            entry = one.entry
            if isinstance(entry, PageStatusReadByStaff):
                self._readings[entry.target] = _later(self._readings.get(entry.target), entry)
            elif isinstance(entry, StaffReport):
                kept = self._reports.get(entry.workstation)
                self._reports[entry.workstation] = _later(kept, entry)
            elif isinstance(entry, MaintenancePlanned | MaintenanceWithdrawn):
                self._windows.append(entry)
        return before != (len(self._windows), *self._readings.values(), *self._reports.values())

    def readings(self) -> Mapping[str, Reading]:
        """Give, by target, what a person read last; whether it is fresh is the reader's to ask."""
        return MappingProxyType(
            {key: person_reading(one, holds=self.holds) for key, one in self._readings.items()}
        )

    def reports(self, now: datetime) -> Mapping[str, StaffReport]:
        """Give the fresh report of each workstation."""
        return {key: one for key, one in self._reports.items() if one.fresh(now)}

    def windows(self) -> tuple[MaintenancePlanned, ...]:
        """Give the planned work entered by hand that nobody has withdrawn."""
        return current_windows(self._windows)


def _later(kept: _Said | None, entry: _Said) -> _Said:
    # A report sent late from a queue must not undo one made after it.
    return entry if kept is None or entry.at >= kept.at else kept
