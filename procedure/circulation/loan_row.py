"""A loan in the loan log, with its day, its export and its void."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from procedure.circulation.transactions import Export, Loan, Void


class LoanState(StrEnum):
    """The state of a loan in the loan log, before reconciliation."""

    RECORDED = "recorded"
    EXPORTED = "exported"
    VOID = "void"
    REPEATED = "repeated"


class LoanRow(NamedTuple):
    """A loan with its position in the journal, its local day, its export and its void.

    The class is not frozen: the log creates a row for each loan, which would take three times as
    long with a frozen dataclass. `repeats` is the id of the loan that this one is a second reading
    of; see `procedure.circulation.double_scans`.
    """

    loan: Loan
    position: int
    recorded_at: datetime
    day: date
    export: Export | None = None
    void: Void | None = None
    repeats: UUID | None = None

    @property
    def is_valid(self) -> bool:
        """Whether this loan is to be entered in Alma: it is neither void nor a second reading."""
        return self.void is None and self.repeats is None

    @property
    def state(self) -> LoanState:
        """The state of the loan; `void` takes precedence over any other."""
        if self.void is not None:
            return LoanState.VOID
        if self.repeats is not None:
            return LoanState.REPEATED
        return LoanState.RECORDED if self.export is None else LoanState.EXPORTED

    @property
    def void_after_export(self) -> bool:
        """Whether a file for Alma contains this loan although it is void (to be undone there)."""
        return self.void is not None and self.export is not None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """The sort key among all loans: UTC instant, then sequence, then position."""
        return (self.loan.at, self.loan.sequence, self.position)
