"""Times that can hardly be right, in loans about to go to Alma.

A date typed from paper with last year's number, a clock that went back to 1970 or on to 2099:
Alma takes them as they are, and computes due dates from them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.conflicts import TOLERANCE, OutagePeriod
from procedure.circulation.transactions import Loan
from procedure.errors import ProcedureError
from procedure.local_time import library_zone, local

# An outage that ended longer ago says nothing about loans that are exported now.
RECENT = timedelta(days=31)


class TimesUnconfirmed(ProcedureError):
    """An export holds loans from before the outage's year or from the future; nothing was exported.

    `loans` are these loans; the message names neither a user nor an item.
    """

    def __init__(self, year: int, loans: Sequence[Loan]) -> None:
        self.year, self.loans = year, tuple(loans)
        count = "1 loan has" if len(loans) == 1 else f"{len(loans)} loans have"
        super().__init__(f"{count} a time before {year} or in the future.")


@dataclass(frozen=True, slots=True)
class TimeCheck:
    """The times that loans of an export may have, and the loans that a person confirmed.

    `earliest` is the first instant of the outage's year, `now` the present, both aware. A loan is
    accepted from `earliest` until `now` and a little more, since clocks differ.
    """

    earliest: datetime
    now: datetime
    confirmed: Collection[UUID] = ()

    def suspects(self, loans: Iterable[Loan]) -> tuple[Loan, ...]:
        """Return the loans whose time is outside and not confirmed."""
        latest = self.now + TOLERANCE
        return tuple(
            loan
            for loan in loans
            if not self.earliest <= loan.at <= latest and loan.id not in self.confirmed
        )

    def require(self, loans: Iterable[Loan]) -> None:
        """Refuse loans whose time is outside and not confirmed.

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

    The year is that in which the newest declared outage began, by the local calendar; without an
    outage, or when it ended more than a month ago, it is the present one.
    """
    begun = now
    if outage is not None and (outage.end is None or now - outage.end < RECENT):
        begun = min(outage.start, now)
    return TimeCheck(datetime(local(begun).year, 1, 1, tzinfo=library_zone()), now, confirmed)
