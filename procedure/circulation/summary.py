"""The summary for reconciliation: what was lent, per day and desk."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from io import StringIO

from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.local_time import local

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class DeskDay:
    """One desk on one local day.

    `loans` are those that stand, `voids` those taken back; a second reading of a label is neither.
    `patrons` and `items` are counted once each, over the loans that stand; `first` and
    `last` are their instants (Europe/Zurich, None without any). `exported` says that there are
    such loans and each of them is in a file for Alma.
    """

    desk: str
    day: date
    loans: int
    voids: int
    patrons: int
    items: int
    first: datetime | None
    last: datetime | None
    exported: bool


def summary(rows: Iterable[LoanRow]) -> tuple[DeskDay, ...]:
    """Sum up the rows per day and desk, in that order."""
    groups: dict[tuple[date, str], list[LoanRow]] = defaultdict(list)
    for row in rows:
        if row.repeats is None:
            groups[row.day, row.loan.desk].append(row)
    return tuple(_desk_day(day, desk, groups[day, desk]) for day, desk in sorted(groups))


def summary_csv(days: Sequence[DeskDay]) -> str:
    """Write the summary as CSV with a heading; no cell of it is a formula to a spreadsheet."""
    page = StringIO()
    writer = csv.writer(page)
    writer.writerow([one.name for one in fields(DeskDay)])
    writer.writerows([harmless(_cell(value)) for value in astuple(day)] for day in days)
    return page.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text: a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="seconds")
        case _:
            return str(value)


def _desk_day(day: date, desk: str, rows: Sequence[LoanRow]) -> DeskDay:
    stand = [row.loan for row in rows if row.stands]
    waiting = any(row.state is LoanState.RECORDED for row in rows)
    # By instant: two local times of one zone are compared by the clock on the wall, which shows
    # the same hour twice in October.
    instants = sorted(loan.at for loan in stand)
    return DeskDay(
        desk=desk,
        day=day,
        loans=len(stand),
        voids=sum(row.void is not None for row in rows),
        patrons=len({loan.patron for loan in stand}),
        items=len({loan.item for loan in stand}),
        first=local(instants[0]) if instants else None,
        last=local(instants[-1]) if instants else None,
        exported=bool(stand) and not waiting,
    )
