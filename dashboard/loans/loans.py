"""The state behind the loans page: lists, voids and restores loans."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import IdentifierAccess, Session
from dashboard.core.state import State, keep_failure, needs
from dashboard.core.visitor import Permission
from dashboard.loans.file_import import FileImport
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.loans.pending_loans import PendingLoans
from dashboard.loans.transactions.transaction_entry import UnderwayTransactions, decide
from procedure.circulation.lending_rules import void
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.transactions import Loan, Void
from procedure.journal import Entry


class LendingState(State):
    """The lending state of a page; every action checks the permissions of `session.person`.

    - `listing`: the filtered loan log.
    - `pending_loans`: the loans without a card.
    - `file_import`: the dropped files.
    """

    context = needs(AppContext)
    session = needs(Session)
    updates = needs(ChangeCounters)
    is_open = param.Boolean(
        default=True,
        allow_refs=True,
        doc="Whether the loans page is on the screen; only then are new entries shown.",
    )
    desk = param.String(
        default="", doc="The code of this workstation's desk; empty until one is chosen."
    )
    taken_back = param.ClassSelector(
        class_=UUID, doc="The id of the loan that was last voided from the list, or None."
    )

    def __init__(self, **params: object) -> None:
        params["updates"] = params.get("updates") or ChangeCounters(context=params["context"])
        super().__init__(**params)
        context, session = self.context, self.session
        limited = not session.person.may(Permission.SEE_LOANS)
        self.listing = LoanLogFilter(context=context, limited=limited)
        self.pending_loans = PendingLoans(context=context, session=session)
        self.file_import = FileImport(
            context=context,
            session=session,
            person=lambda: session.person.name or "",
            taken=self.updates.refresh,
        )
        self.choose_desk(session.desk)
        self._identifier_access = IdentifierAccess(context, session, "loans")
        self._read_new()
        self._note_identifiers()

    def choose_desk(self, code: str) -> None:
        """Set the desk; an unknown code means none."""
        self.desk = self.session.desk = code if code in self.updates.handbook.desks else ""
        self.listing.own_desk = self.desk

    @param.depends("updates.handbook", watch=True)
    def _apply_handbook(self) -> None:
        """Drop a desk that no longer exists, and redraw the lists with the new names."""
        self.choose_desk(self.desk)
        self.listing.param.trigger("rows")
        self.pending_loans.param.trigger("pending")
        self.file_import.param.trigger("files")

    @param.depends("is_open", "updates.now", "updates.journal", watch=True)
    @keep_failure
    def _read_new(self) -> None:
        if not self.is_open:
            return
        self.listing.refresh()
        self.pending_loans.refresh()

    @param.depends("is_open", "updates.minute", "updates.journal", watch=True)
    @keep_failure
    def _note_identifiers(self) -> None:
        # Without this permission, the page shows no complete patron numbers.
        named = self.session.person.may(Permission.LEND)
        if self.is_open and named and (self.listing.rows or self.pending_loans.pending):
            self._identifier_access.note()

    def void(self, loan: UUID, reason: str) -> None:
        """Void a loan in the list.

        Raises:
            TransactionRefused: see `procedure.circulation.lending_rules.void`.
            JournalUnwritable, NotAllowed.
        """
        self.session.person.require(Permission.VOID)
        self._append(partial(self._void, loan, reason))
        self.taken_back = loan

    def restore(self, row: LoanRow) -> None:
        """Restore a voided loan: record a new loan with the same time, marked `late`.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed.
        """
        self.session.person.require(Permission.LEND)
        old = row.loan
        anew = Loan(
            id=self.context.clock.new_id(),
            at=old.at,
            desk=old.desk,
            patron=old.patron,
            item=old.item,
            workstation=self.session.workstation,
            operator=self.session.person.name,
            late=True,
            overridden=old.overridden,
            told=old.told,
        )
        self._append(lambda: decide(self.context, anew, UnderwayTransactions()).entry)

    def _void(self, loan: UUID, reason: str) -> Void:
        person = self.session.person
        return void(
            self.context.folds.loan_log,
            loan,
            reason,
            void_id=self.context.clock.new_id(),
            at=self.context.clock.now(),
            workstation=person.workstation,
            operator=person.name,
        )

    def _append(self, decide: Callable[[], Entry | None]) -> None:
        self.context.folds.update()
        if (entry := decide()) is not None:
            self.context.store.journal.append(entry)
        self.updates.refresh()
