"""A check for implausible loan times, made before an export.

Alma accepts any time and computes due dates from it, even if somebody copying from paper typed last
year's date, or a clock was set to 1970.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.conflicts import TOLERANCE, OutagePeriod
from procedure.circulation.transactions import Loan
from procedure.errors import ProcedureError
from procedure.local_time import library_zone, local

# An outage that ended longer ago than this no longer matters for an export.
RECENT = timedelta(days=31)


class TimesUnconfirmed(ProcedureError):
    """Raised before an export if loans date from before the outage's year or from the future.

    `loans` holds these loans, without those that staff have confirmed. The message identifies no
    patron or item.
    """

    def __init__(self, year: int, loans: Sequence[Loan]) -> None:
        self.year, self.loans = year, tuple(loans)
        count = "1 loan has" if len(loans) == 1 else f"{len(loans)} loans have"
        super().__init__(f"{count} a time before {year} or in the future.")


@dataclass(frozen=True, slots=True)
class TimeCheck:
    """The range of plausible loan times in an export, and the ids of loans confirmed by staff.

    `earliest` is the start of the outage's year, and `now` is the current time, both aware. A loan
    may be slightly later than `now`, because clocks differ.
    """

    earliest: datetime
    now: datetime
    confirmed: Collection[UUID] = ()

    def suspects(self, loans: Iterable[Loan]) -> tuple[Loan, ...]:
        """Return the loans with implausible times that have not been confirmed."""
        latest = self.now + TOLERANCE
        return tuple(
            loan
            for loan in loans
            if not self.earliest <= loan.at <= latest and loan.id not in self.confirmed
        )

    def require(self, loans: Iterable[Loan]) -> None:
        """Refuse loans with implausible times that have not been confirmed.

        Raises:
            TimesUnconfirmed: there are such loans.
        """
        suspects = self.suspects(loans)
        if suspects:
            raise TimesUnconfirmed(local(self.earliest).year, suspects)


def time_check(
    outage: OutagePeriod | None, now: datetime, confirmed: Collection[UUID] = ()
) -> TimeCheck:
    """Return the check for an export at `now` (aware).

    `earliest` is the start of the local year in which the outage began, or of the current year if
    there is no outage or it ended more than a month ago.
    """
    begun = now
    if outage is not None and (outage.end is None or now - outage.end < RECENT):
        begun = min(outage.start, now)
    return TimeCheck(datetime(local(begun).year, 1, 1, tzinfo=library_zone()), now, confirmed)
