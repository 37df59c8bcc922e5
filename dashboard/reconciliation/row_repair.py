"""Repairs a row: corrects, confirms or voids it, lends its item in Alma, or sets it aside."""

from collections.abc import Collection, Iterable
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from dashboard.reconciliation.row_settlement import RowSettlement, chosen_rows
from procedure.circulation.doubts import is_question, question_of
from procedure.circulation.lending_rules import void
from procedure.circulation.settlements import Corrected
from procedure.errors import JournalMoved, TransactionRefused
from procedure.reconciliation.corrections import confirm_scan, correct_loan, set_aside
from procedure.reconciliation.forecast import NOT_CHECKED, Forecast
from procedure.reconciliation.re_export import MOVING
from procedure.reconciliation.systems.screen_report import REFUSALS, refused_on_screen


class RowRepair(RowSettlement):
    """The open row, and the actions on it.

    If an action raises `TransactionRefused`, `JournalUnwritable` or `NotAllowed`, nothing was
    changed or sent.
    """

    def open(self, loan: UUID) -> None:
        ledger = self.progress.ledger
        ledger.extend()
        self.param.update(row=ledger.reconciled.row(loan), confirming=False, outcome="")

    def open_first(self, loans: Collection[UUID]) -> None:
        self.open(chosen_rows(loans)[0])

    def open_next(self) -> None:
        """Open the next row that needs attention; after the last row, start again."""
        newest = self.progress.ledger.current()
        rows = () if newest is None else (*newest.to_check, *newest.to_settle)
        opened = self.row and self.row.loan.id
        places = [place for place, row in enumerate(rows) if row.loan.id == opened]
        after = rows[places[0] + 1 :] if places else ()
        if following := next(iter([*after, *rows]), None):
            self.open(following.loan.id)

    @property
    def candidates(self) -> tuple[str, ...]:
        """The patron's other numbers in Alma that may be written to a file."""
        patron = "" if self.row is None else self.row.corrected.patron
        answer = self.progress.ledger.reconciled.patrons.get(patron)
        known = () if answer is None or answer.user is None else answer.user.barcodes()
        return tuple(barcode for barcode in dict.fromkeys(known) if barcode != patron)

    @property
    def forecast(self) -> str:
        """The kind of forecast for the open row; empty if there is none or the row is unchecked."""
        forecast = self._forecast()
        return "" if forecast is None or forecast.kind == NOT_CHECKED else forecast.kind

    def _forecast(self) -> Forecast | None:
        newest = self.progress.ledger.current()
        if self.row is None or newest is None:
            return None
        return newest.predicted.get(self.row.loan.id)

    def ask_alma(self) -> None:
        """Look up the row's item and patron in Alma."""
        row, context = self.opened(), self.progress.context
        if not self.sending:
            loans, log, now = [row.corrected], self.progress.ledger.reconciled, context.clock.now()
            request = context.alma.look_up(log, loans, since=now, on_progress=lambda *_: None)
            self.send(request, lambda _: "looked")

    def confirm(self, loans: Collection[UUID]) -> None:
        """Confirm doubtful scans, and all loans with the same card that raise the same question."""
        self.require()
        log, by = self.progress.ledger.reconciled, self.progress.signed()
        new_id = self.progress.context.clock.new_id
        same = self._of_same_questions(loans)
        entries = [
            confirm_scan(log, row, entry_id=new_id(), at=by["at"], operator=by["operator"])
            for row in same
        ]
        self.record("confirmed", *entries)

    def _of_same_questions(self, loans: Collection[UUID]) -> Iterable[UUID]:
        """Return the loans that raise the same question as any of these, without duplicates."""
        chosen = chosen_rows(loans)
        return dict.fromkeys(row for loan in chosen for row in self._same_question(loan))

    def _same_question(self, loan: UUID) -> list[UUID]:
        """Return the loans that raise the same question as this loan, including this loan."""
        log = self.progress.ledger.reconciled
        row = log.row(loan)
        if row is None:
            raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
        question = question_of(row.corrected, row.doubt)
        same = [
            other.loan.id
            for other in log.rows_with(row.corrected.patron)
            if other.is_to_check and question_of(other.corrected, other.doubt) == question
        ]
        return same or [loan]

    def take_all_suggested(self, loans: Collection[UUID]) -> None:
        """For each row, use the other number that Alma has for the patron."""
        self.require()
        newest = self.progress.ledger.current()
        predicted = {} if newest is None else newest.predicted
        entries = [
            self._correction(loan, patron=forecast.suggested, from_alma=True)
            for loan in chosen_rows(loans)
            if (forecast := predicted.get(loan)) is not None
        ]
        self.record("corrected", *entries)

    def void(self, reason: str) -> None:
        """Void the loan."""
        row, context = self.opened(), self.progress.require(Permission.VOID)
        self._void(context, [row.loan.id], reason, "voided")

    def undo(self, loans: Collection[UUID], reason: str) -> None:
        """Void doubtful loans, and all that raise the same question; staff must scan them again."""
        self.require()
        context = self.progress.require(Permission.VOID)
        same = self._of_same_questions(loans)
        self._void(context, same, reason, "undone")

    def _void(self, context: AppContext, loans: Iterable[UUID], reason: str, outcome: str) -> None:
        by, workstation = self.progress.signed(), self.progress.session.workstation
        context.folds.update()
        voids = [
            void(
                context.folds.loan_log,
                loan,
                reason,
                void_id=context.clock.new_id(),
                at=by["at"],
                operator=by["operator"],
                workstation=workstation,
            )
            for loan in loans
        ]
        self.record(outcome, *voids)

    def correct(self, *, patron: str = "", item: str = "", from_alma: bool = False) -> None:
        """Correct the patron's number or the item's barcode; the scan stays in the journal.

        Typed codes are checked like scans, but a number that comes from Alma (`from_alma`) is not.
        """
        loan = self.opened().loan.id
        entry = self._correction(loan, patron=patron, item=item, from_alma=from_alma)
        doubtful = is_question(entry.warning)
        self.record("corrected_doubtful" if doubtful else "corrected", entry)

    def _correction(
        self, loan: UUID, *, patron: str = "", item: str = "", from_alma: bool = False
    ) -> Corrected:
        context = self.progress.context
        return correct_loan(
            self.progress.ledger.reconciled,
            loan,
            patron=patron,
            item=item,
            rules=None if from_alma else context.handbook.current.scans,
            **self.progress.signed(),
        )

    def refuse(self, reason: str) -> None:
        """Record that the library system refused the row, as staff saw on its screen.

        Raises:
            TransactionRefused: for example, if something has been recorded since the journal was
                last read.
        """
        row, log = self.opened(), self.progress.ledger.reconciled
        if reason not in REFUSALS:
            return
        entry = refused_on_screen(log, row.loan.id, reason, **self.progress.signed())
        try:
            self.progress.record(entry, unless_newer=(MOVING, log.position))
        except JournalMoved:
            raise TransactionRefused("row_moved", "Look again: something has changed.") from None
        self.finish("refused")

    def hand_on(self, note: str) -> None:
        """Set the row aside with a note: it stays unsettled and is left out of all files."""
        row, log = self.opened(), self.progress.ledger.reconciled
        entry = set_aside(log, row.loan.id, note, **self.progress.signed())
        self.record("handed_on", entry)

    def ask_to_confirm(self) -> None:
        """Ask for confirmation of a loan, because Alma will give it today's date."""
        self.opened()
        self.param.update(confirming=True, outcome="")

    def lend(self) -> None:
        """Make the loan in Alma, if confirmed."""
        loan = self.opened().loan
        if self.confirming and not self.sending:
            by = self.destination(loan.desk)
            self.send(self.progress.context.alma.lend(loan.id, **by))

    def look_up(self) -> None:
        """Ask Alma whether it received a request that it did not answer; nothing is sent again."""
        loan = self.opened().loan
        if not self.sending:
            self.send(self.progress.context.alma.settle(loan.id))
