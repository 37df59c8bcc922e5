"""Lending seen from a page: loans are counted, taken back, lent again, or entered from paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.core.session import Session
from dashboard.loans.file_import import FileImport
from dashboard.loans.late_sheet import late_loans
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.loans.summary import LoanSummary
from dashboard.loans.transactions.decision import decide
from dashboard.loans.waiting_and_carts import WaitingAndCarts
from procedure.circulation.lending import void
from procedure.circulation.log import LoanRow
from procedure.circulation.transactions import Loan, Void
from procedure.local_time import local


class LoansState(param.Parameterized):
    """What one page lends; every act of a person asks `visit.person` first.

    `today_here` and `today_everywhere` count the loans of the local day that stand. `listing` and
    `files` are the same log seen as a list and as files for Alma, `lists` what lies open beside it,
    `intake` what was dropped to be taken into it.
    """

    house: AppContext = param.Parameter(constant=True)
    visit: Session = param.Parameter(constant=True)
    desk = param.String(default="", doc="Code of this workstation's desk; empty until chosen.")
    today_here = param.Integer(default=0)
    today_everywhere = param.Integer(default=0)
    taken_back = param.Parameter(default=None, doc="Id of the loan voided last from the list.")

    def __init__(
        self, *, house: AppContext, visit: Session, new_id: Callable[[], UUID] | None = None
    ) -> None:
        super().__init__(house=house, visit=visit)
        self._new_id = new_id = new_id or house.new_id
        self._counted: object = None
        self.listing = LoanLogFilter(house=house)
        self.lists = WaitingAndCarts(house=house, visit=visit)
        self.files = LoanSummary(house=house, visit=visit, new_id=new_id)
        self.intake = FileImport(
            house=house,
            visit=visit,
            person=lambda: visit.person.name or "",
            taken=self.refresh,
        )
        self.listing.param.watch(self._look_away, "text")
        self.choose_desk(visit.desk)

    def choose_desk(self, code: str) -> None:
        """Lend at this desk from now on; a code that the papers do not have chooses none."""
        self.desk = self.visit.desk = code if code in self.house.handbook.desks else ""
        if self.desk:
            self.files.desk = self.desk

    def refresh(self) -> None:
        """Take in what was committed since, on this page and on every other."""
        position = self.house.refold()
        today = local(self.house.now()).date()
        if self._counted != (position, today):
            self._counted = (position, today)
            counts = self.house.loan_log.counts(today)
            self.today_here = counts[self.visit.workstation]
            self.today_everywhere = counts.total()
        if self.visit.page == "loans":
            self.listing.refresh()
            self.lists.refresh()
            self.files.refresh()

    def look_at(self, patron: str) -> None:
        """Show what a user took today, everybody's loans again with an empty one."""
        today = local(self.house.now()).date().isoformat()
        self.lists.patron = patron
        self.listing.param.update(text=patron, day=today)

    def _look_away(self, event: param.parameterized.Event) -> None:
        if event.new != self.lists.patron:
            self.lists.patron = ""

    def void(self, loan: UUID, reason: str) -> None:
        """Take back a loan of the list.

        Raises:
            TransactionRefused: see `procedure.circulation.lending.void`.
            JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Permission.VOID)
        self._append(partial(self._void, loan, reason))
        self.taken_back = loan

    def restore(self, row: LoanRow) -> None:
        """Lend again what was taken back: a new loan at the old instant, marked late.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Permission.LEND)
        old = row.loan
        anew = Loan(
            *(self._new_id(), old.at, old.desk, old.patron, old.item),
            workstation=self.visit.workstation,
            operator=self.visit.person.name,
            late=True,
            overridden=old.overridden,
        )
        self._append(lambda: decide(self.house, anew).loan)

    def enter_late(self, *, day: str, time: str, patron: str, items: str) -> int:
        """Enter a line of the paper sheet; return how many loans it gave, without those it repeats.

        `day` and `time` are local (`24.11.2026`, `09:41`), `items` one barcode a line.

        Raises:
            TransactionRefused: nothing of it was recorded.
            JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Permission.LEND)
        sheet = late_loans(
            *(day, time, patron, items),
            desk=self.desk,
            now=self.house.now(),
            new_id=self._new_id,
            person=self.visit.person,
        )
        self.house.refold()
        decided = [decide(self.house, loan) for loan in sheet]
        self.house.journal.append(*(one.loan for one in decided))
        self.refresh()
        return sum(not one.repeated for one in decided)

    def _void(self, loan: UUID, reason: str) -> Void:
        person = self.visit.person
        return void(
            *(self.house.loan_log, loan, reason),
            void_id=self._new_id(),
            at=self.house.now(),
            workstation=person.workstation,
            operator=person.name,
            carts=self.house.carts,
            waiting=self.house.waiting,
        )

    def _append(self, decide: Callable[[], Loan | Void]) -> None:
        self.house.refold()
        self.house.journal.append(decide())
        self.refresh()
