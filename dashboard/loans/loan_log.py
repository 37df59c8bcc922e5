"""The loan log, newest first, filtered on the server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import param

from dashboard.core.context import AppContext
from dashboard.core.state import needs
from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.local_time import local
from procedure.reconciliation.reconciled_loan import ReconciledLoan

STATES = ("", *(state.value for state in LoanState), "doubtful")
# People search lists of more than `LONG` rows rather than watch them, so these lists are refreshed
# less often.
LONG = 5000
PATIENCE = 15  # calls to `LoanLogFilter.refresh`


@dataclass(frozen=True, slots=True)
class MatchingRows:
    """The rows that match the filters, newest first, with the numbers of valid and voided rows."""

    rows: tuple[LoanRow, ...] = ()
    valid: int = 0
    void: int = 0


class LoanLogFilter(param.Parameterized):
    """The filters of the loan log, and the rows that match them.

    - `day`: a local day (`2026-11-24`); empty for all days.
    - `text`: searched for in the codes of the patron and the item, ignoring case.
    - `limited`: whether only today's loans at `own_desk` match, whatever `desk` and `day` are.
    """

    context = needs(AppContext)
    desk = param.String(default="", doc="The code of a desk; empty for all desks.")
    day = param.String(default="")
    state = param.Selector(default="", objects=list(STATES))
    text = param.String(default="")
    rows = param.ClassSelector(
        class_=tuple,
        default=tuple[LoanRow, ...](),
        doc="The `LoanRow`s that match the filters.",
    )
    valid = param.Integer(default=0, doc="The number of valid rows among `rows`.")
    void = param.Integer(default=0, doc="The number of voided rows among `rows`.")
    days = param.ClassSelector(
        class_=tuple,
        default=tuple[date, ...](),
        doc="The local `date`s that have loans, newest first.",
    )
    chosen = param.ClassSelector(
        class_=LoanRow, doc="The row that is about to be voided or restored, or None."
    )

    read_to = param.Integer(
        default=0, doc="The position in the journal up to which the reconciliation has been read."
    )
    limited = param.Boolean(default=False, constant=True)
    own_desk = param.String(
        default="", doc="The code of the workstation's desk; empty until one is chosen."
    )

    def __init__(self, *, context: AppContext, limited: bool = False) -> None:
        today = local(context.clock.now()).date()
        super().__init__(context=context, limited=limited, day=today.isoformat(), days=(today,))
        self._position: object = None
        self._waited = 0

    @param.depends("desk", "day", "state", "text", "own_desk", watch=True)
    def look(self) -> None:
        self._position, self._waited = self.context.folds.update(), 0
        log, today = self.context.folds.loan_log, local(self.context.clock.now()).date()
        others = () if self.limited else log.days
        self.days = tuple(sorted({today, *others}, reverse=True))
        found = self._find()
        self.param.update(rows=found.rows, valid=found.valid, void=found.void)

    def refresh(self) -> None:
        """Find the rows again if there are new entries.

        A long list is updated only on every `PATIENCE`-th call that finds new entries.
        """
        self.read_to = self.context.folds.reconciliation.position
        if self._position == self.context.folds.position:
            return
        self._waited += 1
        new = self._position is None
        if new or len(self.rows) <= LONG or self._waited >= PATIENCE:
            self.look()

    def reconciled(self, row: LoanRow) -> ReconciledLoan | None:
        """Return a loan's row in the reconciliation; None for a repeated scan."""
        return self.context.folds.reconciliation.row(row.loan.id)

    def is_doubtful(self, row: LoanRow) -> bool:
        """Return whether a loan has an open question, or was voided after it was exported."""
        settlements = self.context.folds.loan_log.settlements
        to_check = row.state is LoanState.RECORDED and row.loan.id not in settlements.excluded
        return row.void_after_export or (
            to_check and settlements.open_question(row.loan) is not None
        )

    def _find(self) -> MatchingRows:
        desk, day = self.desk, date.fromisoformat(self.day) if self.day else None
        if self.limited:
            desk, day = self.own_desk, local(self.context.clock.now()).date()
            if not desk:
                return MatchingRows()
        log, sought = self.context.folds.loan_log, self.text.strip().casefold()
        # Most pages have the same filters, so they share the rows.
        return self.context.computed_once(
            "loan log",
            lambda: self._match(desk, day, sought),
            log,
            log.position,
            desk,
            day,
            self.state,
            sought,
        )

    def _match(self, desk: str, day: date | None, sought: str) -> MatchingRows:
        """Return the rows that match these filters and `state`."""
        wanted = LoanState(self.state) if self.state in set(LoanState) else None
        rows: Iterable[LoanRow] = self.context.folds.loan_log.rows(
            desk=desk or None, day=day, state=wanted
        )
        if self.state == "doubtful":
            rows = (row for row in rows if self.is_doubtful(row))
        found = [row for row in rows if not sought or _holds(row, sought)]
        return MatchingRows(
            tuple(reversed(found)),
            sum(row.is_valid for row in found),
            sum(row.void is not None for row in found),
        )


def _holds(row: LoanRow, sought: str) -> bool:
    return sought in row.loan.patron.casefold() or sought in row.loan.item.casefold()
