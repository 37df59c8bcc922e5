"""One refused row at a time: another number, a mended barcode, a loan made now, or a note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import param

from dashboard.core.rights import Permission
from dashboard.reconciliation.alma_action import AlmaAction
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.doubts import is_question, question_of
from procedure.circulation.lending import void
from procedure.errors import AlmaError, TransactionRefused
from procedure.reconciliation.corrections import confirm_scan, correct_loan, resolve_loan, set_aside
from procedure.reconciliation.forecast import NOT_CHECKED, Forecast
from procedure.reconciliation.row_state import ReconciledLoan


class RowRepair(AlmaAction):
    """The row that lies here, and what a person does about it; no row leaves without a reason."""

    row: ReconciledLoan | None = param.Parameter(default=None)

    def __init__(
        self, *, way: ReconciliationProgress, new_id: Callable[[], UUID] | None = None
    ) -> None:
        super().__init__(way=way)
        self._new_id = new_id or way.context.new_id

    def open(self, loan: UUID) -> None:
        """Lay a row on the desk."""
        self.way.context.way.extend()
        found = self.way.context.way.found.row(loan)
        self.param.update(row=found, asked=False, told="")

    def first(self) -> None:
        """Lay down the first row that is to be settled, after the one that lies here."""
        newest = self.way.context.way.current()
        refused = () if newest is None else newest.refused
        here = [place for place, one in enumerate(refused) if self._is(one)]
        after = refused[here[0] + 1 :] if here else refused
        if following := next(iter([*after, *refused]), None):
            self.open(following.loan.id)

    def close(self) -> None:
        """Take the row off the desk."""
        self.param.update(row=None, asked=False, told="")

    @property
    def suggested(self) -> str:
        """Another number of the same user that Alma would take, as far as it was asked."""
        found = self._foretold()
        return "" if found is None else found.suggested

    @property
    def candidates(self) -> tuple[str, ...]:
        """The other numbers of the user that a file may hold, as far as Alma was asked."""
        patron = "" if self.row is None else self.row.corrected.patron
        seen = self.way.context.way.found.users.get(patron)
        known = () if seen is None or seen.user is None else seen.user.barcodes()
        return tuple(one for one in dict.fromkeys(known) if one != patron)

    @property
    def foretold(self) -> str:
        """What Alma would say of the row now, as a kind; empty when nobody has asked."""
        found = self._foretold()
        return "" if found is None or found.kind == NOT_CHECKED else found.kind

    def _foretold(self) -> Forecast | None:
        newest = self.way.context.way.current()
        if self.row is None or newest is None:
            return None
        return newest.predicted.get(self.row.loan.id)

    def ask_again(self) -> None:
        """Ask Alma about the row's item and user now; nothing of it has an effect.

        Raises:
            NotAllowed.
        """
        row = self._meant()
        if not self.sending:
            self.send(self._ask_again(row))

    def confirm(self, loan: UUID, name: str) -> None:
        """Find a doubtful scan right as it is, and all of the same card that ask the same.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self.allowed()
        way = self.way
        by, found = way.sign_as(name), way.context.way.found
        meant = found.row(loan)
        if meant is None:
            raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
        asked = question_of(meant.corrected, meant.doubt)
        same = [
            row.loan.id
            for row in found.rows_with(meant.corrected.patron)
            if row.is_to_check and question_of(row.corrected, row.doubt) == asked
        ]
        told: dict[str, Any] = {"at": way.context.now(), "operator": by}
        entries = [
            confirm_scan(found, one, entry_id=self._new_id(), **told) for one in same or [loan]
        ]
        way.context.journal.append(*entries)
        self.done("confirmed")

    def void(self, reason: str, name: str) -> None:
        """Take the loan back: it was none, or is recorded anew.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        row, way = self._meant(), self.way
        way.session.person.require(Permission.VOID)
        by = way.sign_as(name)
        way.context.refold()
        told: dict[str, Any] = {"void_id": self._new_id(), "at": way.context.now(), "operator": by}
        told["workstation"] = way.session.workstation
        way.context.journal.append(void(way.context.loan_log, row.loan.id, reason, **told))
        self.done("voided")

    def correct(
        self, *, patron: str = "", item: str = "", name: str = "", from_alma: bool = False
    ) -> None:
        """Put the number or the barcode right; what was scanned stays in the journal.

        What is typed is judged as a scan is; a number `from_alma` is known there.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        row = self._meant()
        by = self.way.sign_as(name) if row.is_to_check else self.way.person or None
        entry = correct_loan(
            *(self.way.context.way.found, row.loan.id),
            patron=patron,
            item=item,
            entry_id=self._new_id(),
            at=self.way.context.now(),
            operator=by,
            rules=None if from_alma else self.way.context.handbook.scans,
        )
        self.way.context.journal.append(entry)
        self.done("corrected_doubtful" if is_question(entry.warning) else "corrected")

    def take_found(self, loan: UUID) -> None:
        """Take the other number of the same user that Alma knows.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self.open(loan)
        self.correct(patron=self.suggested, from_alma=True)

    def settle(self, how: str, name: str) -> None:
        """Settle the row by hand: it leaves the list with these words and this name.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        row, way = self._meant(), self.way
        by = way.sign_as(name)
        now = way.context.now()
        entry = resolve_loan(
            *(way.context.way.found, row.loan.id, how),
            entry_id=self._new_id(),
            at=now,
            operator=by,
            layout=way.context.settings.offline_layout,
        )
        way.context.journal.append(entry)
        self.done("settled")

    def hand_on(self, note: str, name: str) -> None:
        """Hand the row on with a note: it stays to be settled, and goes into no file.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        row, way = self._meant(), self.way
        by = way.sign_as(name)
        now, found = way.context.now(), way.context.way.found
        entry = set_aside(found, row.loan.id, note, entry_id=self._new_id(), at=now, operator=by)
        way.context.journal.append(entry)
        self.done("handed_on")

    def ask(self) -> None:
        """Ask the person once more before a loan is made, which is dated now."""
        self._meant()
        self.param.update(asked=True, told="")

    def lend(self) -> None:
        """Make the loan in Alma, after the second word; what became of it is told when it is known.

        Raises:
            TransactionRefused, NotAllowed: nothing was sent.
        """
        row = self._meant()
        if self.asked and not self.sending:
            library, session = self.library(row.loan.desk), self.way.session
            by = {"workstation": session.workstation, "operator": self.way.person or None}
            self.send(self.tell(self.way.context.alma.lend(row.loan.id, library=library, **by)))

    def find_out(self) -> None:
        """Look in Alma what became of a loan that was sent and not answered; sends nothing."""
        row = self._meant()
        if not self.sending:
            self.send(self.tell(self.way.context.alma.settle(row.loan.id)))

    async def _ask_again(self, row: ReconciledLoan) -> None:
        context, told = self.way.context, "looked"
        found, now = context.way.found, context.now()
        try:
            await context.alma.look_up(
                found, [row.corrected], since=now, on_progress=lambda *_: None
            )
        except AlmaError:
            told = "alma_silent"
        self.sending = False
        self.done(told)

    def _meant(self) -> ReconciledLoan:
        self.allowed()
        if self.row is None:
            raise TransactionRefused("loan_unknown", "No row lies here.")
        return self.row

    def _is(self, row: ReconciledLoan) -> bool:
        return self.row is not None and row.loan.id == self.row.loan.id

    def done(self, told: str) -> None:
        """Look again, at the row too, and tell what became of it."""
        self.way.update()
        row = self.row and self.way.context.way.found.row(self.row.loan.id)
        self.param.update(row=row, told=told)
