"""Reports from workstations' browsers on whether they could continue without the server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from procedure.journal import Recorded
from procedure.local_time import local

# What a workstation may lack for continuing without the server. These keys are stored, and sent by
# its browser.
LACKS = ("nothing", "https", "worker", "profile", "storage")
NAMELESS = "poste-"  # the prefix of an unnamed workstation's name
SKEW = 120.0  # seconds by which a clock may be wrong
REPEAT_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class WorkstationCheck:
    """A report from a workstation.

    `lacks` is one of `LACKS`; `skew_s` is how many seconds its clock is behind the server's, None
    when that was not measured; `scanned_at` is when a scanner was last used there, None for never.
    """

    KIND: ClassVar[str] = "workstation_check"

    id: UUID
    at: datetime
    workstation: str
    desk: str
    lacks: str
    skew_s: float | None = None
    scanned_at: datetime | None = None

    @property
    def is_named(self) -> bool:
        """Whether a person has named it; a forgetful browser makes up a new name each day."""
        return not self.workstation.startswith(NAMELESS)

    @property
    def is_clock_wrong(self) -> bool:
        return self.skew_s is not None and abs(self.skew_s) > SKEW


class WorkstationChecks:
    """The newest report of each workstation, by its name: a fold over the journal."""

    KINDS = (WorkstationCheck.KIND,)

    def __init__(self) -> None:
        self.newest: dict[str, WorkstationCheck] = {}

    def extend(self, entries: Iterable[Recorded]) -> None:
        """Fold further entries, oldest first."""
        for recorded in entries:
            if isinstance(recorded.entry, WorkstationCheck):
                self.newest[recorded.entry.workstation] = recorded.entry

    def is_news(self, check: WorkstationCheck) -> bool:
        """Return whether a report differs from the last one, or the last one is old."""
        last = self.newest.get(check.workstation)
        if last is None or check.at - last.at >= REPEAT_AFTER:
            return True
        return _content(check) != _content(last)


def _content(check: WorkstationCheck) -> tuple[str, str, bool, date | None]:
    scanned = check.scanned_at and local(check.scanned_at).date()
    return check.desk, check.lacks, check.is_clock_wrong, scanned
