"""Checks loans about to be exported for implausible times.

Examples are a date typed from paper with last year's number, or a clock set to 1970 or 2099. Alma
accepts them and computes due dates from them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.conflicts import TOLERANCE, OutagePeriod
from procedure.circulation.transactions import Loan
from procedure.errors import ProcedureError
from procedure.local_time import library_zone, local

# An outage that ended longer ago than this has nothing to do with loans exported now.
RECENT = timedelta(days=31)


class TimesUnconfirmed(ProcedureError):
    """Raised, with nothing exported, if loans date from before the outage's year or the future.

    `loans` are these loans; the message names neither a patron nor an item.
    """

    def __init__(self, year: int, loans: Sequence[Loan]) -> None:
        self.year, self.loans = year, tuple(loans)
        count = "1 loan has" if len(loans) == 1 else f"{len(loans)} loans have"
        super().__init__(f"{count} a time before {year} or in the future.")


@dataclass(frozen=True, slots=True)
class TimeCheck:
    """The plausible times of loans in an export, and the loans that a person confirmed.

    `earliest` is the first instant of the outage's year, `now` the present, both aware. A loan is
    accepted from `earliest` until shortly after `now`, because clocks differ.
    """

    earliest: datetime
    now: datetime
    confirmed: Collection[UUID] = ()

    def suspects(self, loans: Iterable[Loan]) -> tuple[Loan, ...]:
        """Return the loans whose time is implausible and not confirmed."""
        latest = self.now + TOLERANCE
        return tuple(
            loan
            for loan in loans
            if not self.earliest <= loan.at <= latest and loan.id not in self.confirmed
        )

    def require(self, loans: Iterable[Loan]) -> None:
        """Refuse loans whose time is implausible and not confirmed.

        Raises:
            TimesUnconfirmed: names each of them.
        """
        suspects = self.suspects(loans)
        if suspects:
            raise TimesUnconfirmed(local(self.earliest).year, suspects)


def time_check(
    outage: OutagePeriod | None, now: datetime, confirmed: Collection[UUID] = ()
) -> TimeCheck:
    """Return the check for an export made now (aware).

    The year is the local year in which the newest declared outage began; if there is no outage, or
    it ended more than a month ago, it is the current year.
    """
    begun = now
    if outage is not None and (outage.end is None or now - outage.end < RECENT):
        begun = min(outage.start, now)
    return TimeCheck(datetime(local(begun).year, 1, 1, tzinfo=library_zone()), now, confirmed)
