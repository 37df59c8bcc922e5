"""Lending from a page: each scan is recorded and answered, loans are taken back or entered late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import param

from dashboard.errors import NotAllowed
from dashboard.rights import Act
from dashboard.state.alma_files import AlmaFiles
from dashboard.state.house import House
from dashboard.state.late_sheet import late_loans
from dashboard.state.loan_list import LoanList
from dashboard.state.page_clock import PageClock
from dashboard.state.transaction import read_transaction
from dashboard.state.visit import Visit
from procedure.circulation import Loan, Void
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.journal import Recorded
from procedure.lending import Lending as Decision
from procedure.lending import lend, void
from procedure.loan_log import LoanRow
from procedure.wall_clock import local

Answer = dict[str, Any]


class Lending(param.Parameterized):
    """What one page lends; every act of a person asks `visit.person` first.

    `today_here` and `today_everywhere` count the loans of the local day that stand. `listing` and
    `files` are the same log seen as a list and as files for Alma.
    """

    house: House = param.Parameter(constant=True)
    visit: Visit = param.Parameter(constant=True)
    desk = param.String(default="", doc="Code of this workstation's desk; empty until chosen.")
    today_here = param.Integer(default=0)
    today_everywhere = param.Integer(default=0)
    taken_back = param.Parameter(default=None, doc="Id of the loan voided last from the list.")

    def __init__(self, *, house: House, visit: Visit, new_id: Callable[[], UUID] = uuid4) -> None:
        super().__init__(house=house, visit=visit)
        self._new_id = new_id
        self._submitted: set[UUID] = set()
        self._clock = PageClock()
        self._counted: object = None
        self.listing = LoanList(house=house)
        self.files = AlmaFiles(house=house, visit=visit, new_id=new_id)
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
            self.files.refresh()

    def take(self, message: Mapping[str, Any]) -> Future[Answer]:
        """Record one transaction of the scan box; the answer is done when it is on the disk.

        The answer has the transaction's `id`, a `state` (`kept`, `repeated`, `refused`, or
        `waiting` when the disk did not take it), and the keys of a `warning` and a `reason`.
        """
        told = {"id": message.get("id"), "state": "kept", "warning": None, "reason": None}
        try:
            entry = self._entry(message, told)
        except TransactionRefused as refusal:
            return _done(told | {"state": "refused", "reason": refusal.reason})
        except NotAllowed:
            return _done(told | {"state": "refused", "reason": "not_allowed"})
        if entry is None:
            return _done(told)
        answer: Future[Answer] = Future()
        kept = self.house.journal.submit(entry)
        kept.add_done_callback(lambda done: answer.set_result(_settled(told, done)))
        return answer

    def void(self, loan: UUID, reason: str) -> None:
        """Take back a loan of the list.

        Raises:
            TransactionRefused: see `procedure.lending.void`.
            JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Act.VOID)
        self._append(partial(self._void, loan, reason))
        self.taken_back = loan

    def restore(self, row: LoanRow) -> None:
        """Lend again what was taken back: a new loan at the old instant, marked late.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Act.LEND)
        old = row.loan
        anew = Loan(
            *(self._new_id(), old.at, old.desk, old.patron, old.item),
            workstation=self.visit.workstation,
            operator=self.visit.person.name,
            late=True,
        )
        self._append(lambda: self._decide(anew).loan)

    def enter_late(self, *, day: str, time: str, patron: str, items: str) -> int:
        """Enter a line of the paper sheet; return how many loans it gave.

        `day` and `time` are local (`24.11.2026`, `09:41`), `items` one barcode a line.

        Raises:
            TransactionRefused: nothing of it was recorded.
            JournalUnwritable, NotAllowed.
        """
        self.visit.person.require(Act.LEND)
        sheet = late_loans(
            *(day, time, patron, items),
            desk=self.desk,
            now=self.house.now(),
            new_id=self._new_id,
            person=self.visit.person,
        )
        self.house.refold()
        decided = [self._decide(loan) for loan in sheet]
        fresh = [one.loan for one in decided if not one.repeated]
        if fresh:
            self.house.journal.append(*fresh)
        self.refresh()
        return len(fresh)

    def _entry(self, message: Mapping[str, Any], told: Answer) -> Loan | Void | None:
        """Decide on a transaction and say it in `told`; None when nothing is to be recorded."""
        person = self.visit.person
        entry = read_transaction(message, now=self.house.now(), clock=self._clock, person=person)
        person.require(Act.LEND if isinstance(entry, Loan) else Act.VOID)
        self.house.refold()
        if isinstance(entry, Void):
            return self._void_of(entry)
        if not self.visit.workstation:
            self.visit.workstation = entry.workstation
        decision = self._decide(entry)
        told["warning"] = decision.warning
        if decision.repeated:
            told["state"] = "repeated"
            return None
        self._submitted.add(entry.id)
        return decision.loan

    def _decide(self, loan: Loan) -> Decision:
        if loan.desk not in self.house.handbook.desks:
            raise TransactionRefused("desk_unknown", "The papers have no such desk: choose one.")
        return lend(self.house.loan_log, loan)

    def _void_of(self, asked: Void) -> Void | None:
        row = self.house.loan_log.row(asked.loan)
        if row is not None and row.void is not None and row.void.id == asked.id:
            return None  # sent again: it is kept already
        if row is None and asked.loan in self._submitted:
            return asked  # its loan is being written just now, before it
        return self._void(asked.loan, asked.reason, asked)

    def _void(self, loan: UUID, reason: str, asked: Void | None = None) -> Void:
        person = self.visit.person
        return void(
            self.house.loan_log,
            loan,
            reason,
            void_id=asked.id if asked else self._new_id(),
            at=asked.at if asked else self.house.now(),
            workstation=asked.workstation if asked else person.workstation,
            operator=person.name,
        )

    def _append(self, decide: Callable[[], Loan | Void]) -> None:
        self.house.refold()
        self.house.journal.append(decide())
        self.refresh()


def _done(answer: Answer) -> Future[Answer]:
    done: Future[Answer] = Future()
    done.set_result(answer)
    return done


def _settled(told: Answer, done: Future[tuple[Recorded, ...]]) -> Answer:
    fault = done.exception()
    if fault is None:
        return told
    # The scan box keeps it and sends it again; whatever went wrong is in the server's own log.
    reason = "unwritable" if isinstance(fault, JournalUnwritable) else "failed"
    return told | {"state": "waiting", "reason": reason}
