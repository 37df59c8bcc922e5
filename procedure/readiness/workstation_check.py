"""Reports from workstations on whether they could continue without the server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from procedure.journal import Recorded
from procedure.local_time import local

# The keys for the features that a workstation may lack. Browsers send these keys, and the journal
# stores them.
LACKS = ("nothing", "https", "worker", "profile", "storage")
NAMELESS = "poste-"  # the prefix of generated names
SKEW = 120.0  # seconds by which a workstation's clock may be off
REPEAT_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class WorkstationCheck:
    """A report from a workstation.

    `lacks` is one of `LACKS`; `skew_s` is the number of seconds by which its clock is behind the
    server's, or None if unknown; `scanned_at` is the last time a scanner was used there, or None.
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
        """Whether staff have named the workstation. Generated names may change every day."""
        return not self.workstation.startswith(NAMELESS)

    @property
    def is_clock_wrong(self) -> bool:
        return self.skew_s is not None and abs(self.skew_s) > SKEW


class WorkstationChecks:
    """The newest report from each workstation, by name."""

    KINDS = (WorkstationCheck.KIND,)

    def __init__(self) -> None:
        self.newest: dict[str, WorkstationCheck] = {}

    def extend(self, entries: Iterable[Recorded]) -> None:
        """Add entries, oldest first."""
        for recorded in entries:
            if isinstance(recorded.entry, WorkstationCheck):
                self.newest[recorded.entry.workstation] = recorded.entry

    def is_news(self, check: WorkstationCheck) -> bool:
        """Return whether a report should be recorded.

        A report is recorded if it is the workstation's first, if it differs from the last report,
        or if the last report was made at least `REPEAT_AFTER` earlier.
        """
        last = self.newest.get(check.workstation)
        if last is None or check.at - last.at >= REPEAT_AFTER:
            return True
        return _content(check) != _content(last)


def _content(check: WorkstationCheck) -> tuple[str, str, bool, date | None]:
    scanned = check.scanned_at and local(check.scanned_at).date()
    return check.desk, check.lacks, check.is_clock_wrong, scanned
