"""A row in the loan log."""

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
    """A loan with its journal position, its local day, its export and its void.

    If this loan is a double scan, `repeats` is the id of the loan that it repeats; see
    `procedure.circulation.double_scans`. This is a named tuple because a frozen dataclass would
    take three times as long to create.
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
        """Whether this loan belongs in Alma: it has not been voided and is not a double scan."""
        return self.void is None and self.repeats is None

    @property
    def state(self) -> LoanState:
        """The state of the loan; `VOID` takes precedence over all others."""
        if self.void is not None:
            return LoanState.VOID
        if self.repeats is not None:
            return LoanState.REPEATED
        return LoanState.RECORDED if self.export is None else LoanState.EXPORTED

    @property
    def void_after_export(self) -> bool:
        """Whether this loan has been voided but is in a file for Alma, and must be undone there."""
        return self.void is not None and self.export is not None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """The sort key: UTC instant, sequence, position."""
        return (self.loan.at, self.loan.sequence, self.position)
