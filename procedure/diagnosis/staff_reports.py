"""Reports by staff: readings of status pages, whether Alma works, and planned work."""

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
    current_work,
)
from procedure.status_pages.reading_validity import (
    STAFF_READING_HOLDS,
    PageStatusReadByStaff,
    Reading,
    person_reading,
)

KINDS = ("reading", "report", "window", "window_withdrawn")
REPORT_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffReport:
    """*Alma works here* or *Alma does not work here*, reported with one click.

    - `workstation`: the key of the vantage; `site` and `vdi` describe it at the time of the report.
    - `about`: an optional remark on the failure, without personal data.
    - `operator`: the person's name, from the sign-in or as entered, or None.
    """

    KIND: ClassVar[str] = "report"

    id: UUID
    at: datetime
    workstation: str
    works: bool
    site: str = ""
    vdi: bool = False
    about: str = ""
    operator: str | None = None

    def is_fresh(self, now: datetime) -> bool:
        return self.at <= now < self.at + REPORT_HOLDS


_Entry = TypeVar("_Entry", PageStatusReadByStaff, StaffReport)


class StaffReports:
    """The newest report from each workstation, the newest reading of each page, and planned work.

    `holds` is the time for which a reading by staff is valid.
    """

    def __init__(self, *, holds: timedelta = STAFF_READING_HOLDS) -> None:
        self.holds = holds
        self._readings: dict[str, PageStatusReadByStaff] = {}
        self._reports: dict[str, StaffReport] = {}
        self._entered_work: list[MaintenancePlanned | MaintenanceWithdrawn] = []

    def extend(self, recorded: Iterable[Recorded]) -> bool:
        """Add committed entries, in order; return whether anything changed."""
        before = (len(self._entered_work), *self._readings.values(), *self._reports.values())
        for record in recorded:
            entry = record.entry
            if isinstance(entry, PageStatusReadByStaff):
                self._readings[entry.target] = _newer(self._readings.get(entry.target), entry)
            elif isinstance(entry, StaffReport):
                previous = self._reports.get(entry.workstation)
                self._reports[entry.workstation] = _newer(previous, entry)
            elif isinstance(entry, MaintenancePlanned | MaintenanceWithdrawn):
                self._entered_work.append(entry)
        return before != (
            len(self._entered_work),
            *self._readings.values(),
            *self._reports.values(),
        )

    def readings(self) -> Mapping[str, Reading]:
        """Return the newest staff reading of each target, even if it has expired."""
        return MappingProxyType(
            {
                key: person_reading(reading, holds=self.holds)
                for key, reading in self._readings.items()
            }
        )

    def reports(self, now: datetime) -> Mapping[str, StaffReport]:
        return {key: report for key, report in self._reports.items() if report.is_fresh(now)}

    def planned_work(self) -> tuple[MaintenancePlanned, ...]:
        """Return the planned work entered by hand that has not been withdrawn."""
        return current_work(self._entered_work)


def _newer(previous: _Entry | None, entry: _Entry) -> _Entry:
    # An older entry may arrive late.
    return entry if previous is None or entry.at >= previous.at else previous
