"""The number of loans at each stage.

Pages, commands and reports must take these numbers from here, so that they always add up to the
number of rows in the loan table.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from procedure.pandas_types import Frame
from procedure.reconciliation.reconciled_loan import ReconciledLoan, Stage


@dataclass(frozen=True, slots=True)
class StageCounts:
    """The number of loans at each `Stage`.

    `total` excludes the voided loans (`cancelled`).
    """

    to_check: int = 0
    on_the_way: int = 0
    to_settle: int = 0
    in_alma: int = 0
    settled_by_hand: int = 0
    cancelled: int = 0

    @property
    def left(self) -> int:
        """The number of loans to deal with before items on carts are returned and staff sign."""
        return self.to_check + self.on_the_way + self.to_settle

    @property
    def accounted(self) -> int:
        """The number of loans that need no further action."""
        return self.in_alma + self.settled_by_hand

    @property
    def total(self) -> int:
        return self.left + self.accounted


def count_stages(table: Frame) -> StageCounts:
    counts = table.stage.value_counts()
    return StageCounts(*(int(counts.get(stage.value, 0)) for stage in Stage))


def count_stages_by(table: Frame, *columns: str) -> dict[tuple[Any, ...], StageCounts]:
    """Count the rows of a loan table by stage, grouped by the given columns."""
    groups = table[[*columns, "stage"]].groupby(list(columns), observed=True)
    return {key: count_stages(rows) for key, rows in groups}


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The number of loans at a desk on a local day, by stage."""

    desk: str
    day: date
    counts: StageCounts


def by_desk_and_day(table: Frame) -> list[DayCounts]:
    """Count the rows of a loan table by desk, day and stage, sorted by desk and day."""
    counted = count_stages_by(table, "desk", "day")
    return [DayCounts(desk, day.date(), counts) for (desk, day), counts in counted.items()]


class StageChange(NamedTuple):
    """A change in a loan's stage, and the reason (`ReconciledLoan.reason`) for its new state."""

    before: str
    after: Stage
    reason: str


def stage_changes(
    before: Mapping[str, str], rows: Iterable[ReconciledLoan]
) -> Counter[StageChange]:
    """Count the loans whose stage differs from their stage in `before`, which maps ids to stages.

    Loans that are not in `before` are not counted.
    """
    return Counter(
        StageChange(before[str(row.loan.id)], row.stage, row.reason)
        for row in rows
        if before.get(str(row.loan.id), row.stage) != row.stage
    )
