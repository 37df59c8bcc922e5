"""Settles rows by hand, after asking Alma about them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import param

from dashboard.reconciliation.alma_actions import AlmaAction
from procedure.circulation.settlements import SettledByHand
from procedure.errors import TransactionRefused
from procedure.journal import Entry
from procedure.reconciliation.corrections import resolve_loan
from procedure.reconciliation.loan_history import LoanHistory
from procedure.reconciliation.reconciled_loan import SETTLED, ReconciledLoan

# Before a row is settled, ask Alma about it again if the last request was longer ago than this.
ASKED_ANEW = timedelta(minutes=5)


def chosen_rows(loans: Collection[UUID]) -> list[UUID]:
    """Return the ids of the chosen rows.

    Raises:
        TransactionRefused: no row is chosen.
    """
    if not loans:
        raise TransactionRefused("none_chosen", "Choose at least one row.")
    return list(loans)


def _answer(history: LoanHistory) -> str:
    return "" if history.verification is None else history.verification[1].found


class RowSettlement(AlmaAction):
    """The open row, and the settlement of rows by hand."""

    row = param.ClassSelector(class_=ReconciledLoan, doc="The row whose form is open, or None.")
    asked = param.ClassSelector(
        class_=dict,
        default=dict[UUID, datetime](),
        doc="The times (aware) at which Alma was asked about rows to be settled, keyed by row id.",
    )

    def close(self) -> None:
        self.param.update(row=None, confirming=False, outcome="")

    def settle(self, how: str) -> None:
        """Settle the open row by hand, with a reason and a name."""
        self.settle_all([self.opened().loan.id], how)

    def settle_all(self, loans: Collection[UUID], how: str) -> None:
        """Settle rows by hand in the same way, each with its own entry.

        If one of the rows cannot be settled, none is. If there is an API key, Alma is asked about
        the rows first, because rows that are already in Alma need no settlement. A row is settled
        at once if Alma's answer is the same as before. If the answer is new, or if there is none,
        staff must confirm the settlement by requesting it again.
        """
        self.require()
        log, context = self.progress.ledger.reconciled, self.progress.context
        by, file_format = self.progress.signed(), context.handbook.library_system.offline_file
        entries = [
            resolve_loan(
                log,
                loan,
                how,
                file_format=file_format,
                entry_id=context.clock.new_id(),
                at=by["at"],
                operator=by["operator"],
            )
            for loan in chosen_rows(loans)
        ]
        if self.sending:
            if all(loan in self.asked for loan in loans):
                return  # a second click, while the first is being handled
            raise TransactionRefused("job_running", "Relais is still asking Alma: please wait.")
        if context.alma.reads and (unasked := self._unasked(loans)):
            self._ask_first(unasked, entries)
            return
        if self.row is not None and self.row.loan.id not in loans:
            self.close()  # otherwise the open row would show another row's outcome
        self.record("settled", *entries)

    def _unasked(self, loans: Collection[UUID]) -> list[UUID]:
        """Return the loans not looked up in Alma within the last `ASKED_ANEW`."""
        old = self.progress.context.clock.now() - ASKED_ANEW
        return [loan for loan in loans if loan not in self.asked or self.asked[loan] < old]

    def _ask_first(self, loans: Collection[UUID], entries: Collection[SettledByHand]) -> None:
        """Look up loans in Alma, then settle those with the same answer as before."""
        log, context = self.progress.ledger.reconciled, self.progress.context
        known = {entry.loan: _answer(log.history(entry.loan)) for entry in entries}
        self.asked = {**self.asked, **dict.fromkeys(loans, context.clock.now())}
        rows = [row for loan in loans if (row := log.row(loan)) is not None]
        request = context.alma.verify(rows, on_progress=lambda *_: None)
        self.send(request, lambda missed: self._settle_as_known(entries, known, missed))

    def _settle_as_known(
        self, entries: Collection[SettledByHand], known: Mapping[UUID, str], missed: int
    ) -> str:
        self.progress.ledger.extend()
        log = self.progress.ledger.reconciled
        rows = {entry.loan: log.row(entry.loan) for entry in entries}
        left = [
            entry for entry in entries if (row := rows[entry.loan]) and row.state not in SETTLED
        ]
        same = [
            entry
            for entry in left
            if self._is_answered(entry.loan)
            and _answer(log.history(entry.loan)) == known[entry.loan] != ""
        ]
        self.progress.record(*same)
        if len(same) < len(left):
            return "asked_in_vain" if missed else "asked_first"
        return "settled" if same else "found"

    def _is_answered(self, loan: UUID) -> bool:
        """Return whether Alma has answered since it was last asked about this loan."""
        verified = self.progress.ledger.reconciled.history(loan).verification
        return verified is not None and verified[1].at >= self.asked[loan]

    def finish(self, outcome: str) -> None:
        """Update the page and the open row after an action, and show the action's outcome."""
        self.progress.update()
        row = self.row and self.progress.ledger.reconciled.row(self.row.loan.id)
        self.param.update(row=row, outcome=outcome)

    def record(self, outcome: str, *entries: Entry) -> None:
        self.progress.record(*entries)
        self.finish(outcome)

    def opened(self) -> ReconciledLoan:
        """Check the permission and return the open row.

        Raises:
            TransactionRefused: no row is open.
        """
        self.require()
        if self.row is None:
            raise TransactionRefused("loan_unknown", "No row is open.")
        return self.row
