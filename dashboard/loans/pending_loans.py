"""The state behind a page's list of pending loans: completes and voids them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.loans.transactions.message import Completion, DeskTransaction
from dashboard.loans.transactions.transaction_entry import UnderwayTransactions, decide
from procedure.circulation.transactions import PendingLoan, Void
from procedure.errors import JournalMoved
from procedure.journal import Entry
from procedure.local_time import local

_SETTLING = ("void", "loan")


@dataclass(frozen=True, slots=True)
class PendingLoanRow:
    """A pending loan with the note on who has the item, if there is one."""

    loan: PendingLoan
    note: str = field(default="", repr=False)


class PendingLoans(param.Parameterized):
    """The pending loans that the person may see: from all desks, or from the session's desk."""

    context = needs(AppContext)
    session = needs(Session)
    pending = param.ClassSelector(
        class_=tuple,
        default=tuple[PendingLoanRow, ...](),
        doc="A `PendingLoanRow` for each pending loan.",
    )

    def __init__(self, *, context: AppContext, session: Session) -> None:
        super().__init__(context=context, session=session)
        self._read: object = None

    def refresh(self) -> None:
        read = (self.context.folds.position, local(self.context.clock.now()).date())
        if self._read != read:
            self._read = read
            self.look()

    @param.depends("session.desk", watch=True)
    def look(self) -> None:
        self.pending = self._read_pending()

    def complete(self, pending: UUID, patron: str) -> str | None:
        """Complete a pending loan; return the key of a warning about the card, or None.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed.
        """
        self.session.person.require(Permission.LEND)
        person = self.session.person
        made = Completion(
            self.context.clock.new_id(), pending, patron, person.workstation, person.name
        )
        return self._do(made)

    def take_back(self, pending: UUID, reason: str) -> None:
        """Void a pending loan.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed.
        """
        person = self.session.person
        person.require(Permission.VOID)
        now = self.context.clock.now()
        void = Void(
            id=self.context.clock.new_id(),
            at=now,
            loan=pending,
            reason=reason,
            workstation=person.workstation,
            operator=person.name,
        )
        self._do(void)

    def _do(self, asked: DeskTransaction) -> str | None:
        while True:
            read = self.context.folds.update()
            decision = decide(self.context, asked, UnderwayTransactions())
            entries: tuple[Entry, ...] = () if decision.entry is None else (decision.entry,)
            try:
                self.context.store.journal.append(*entries, unless_newer=(_SETTLING, read))
            except JournalMoved:
                continue  # another page may have just ended the loan: decide again
            break
        self.context.folds.update()
        self.look()
        return decision.warning

    def _read_pending(self) -> tuple[PendingLoanRow, ...]:
        shows = self._shown_desks()
        rows = [loan for loan in self.context.folds.loan_log.pending() if shows(loan.desk)]
        notes = self.context.store.notes.read() if rows else {}
        return tuple(PendingLoanRow(row, notes.get(row.id, "")) for row in rows)

    def _shown_desks(self) -> Callable[[str], bool]:
        own, every = self.session.desk, self.session.person.may(Permission.SEE_LOANS)
        return lambda desk: every or desk == own
