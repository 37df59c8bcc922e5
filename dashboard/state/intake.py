"""What workstations send: each transaction read, decided on, recorded once, answered by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any
from uuid import UUID

from dashboard.errors import NotAllowed
from dashboard.rights import Act, Person
from dashboard.state.house import House
from dashboard.state.transaction import read_transaction
from procedure.circulation import Loan, Void
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.journal import Recorded
from procedure.lending import Lending, lend, void

Answer = dict[str, Any]


class Intake:
    """One for the process: it also knows the loans that are being written just now.

    An answer has the transaction's `id`, a `state` (`kept`; `repeated`, when an earlier scan
    stands for it; `refused`; `waiting`, when the disk did not take it and it is to be sent
    again), and the keys of a `warning` and a `reason`.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._submitted: set[UUID] = set()

    def take(self, messages: Sequence[object], person: Person) -> Future[list[Answer]]:
        """Record a batch in its order; the answers are done when all of it is on the disk."""
        self._house.refold()
        self._submitted = {one for one in self._submitted if self._house.loan_log.row(one) is None}
        answers: list[Answer] = []
        entries: list[Loan | Void] = []
        written: set[int] = set()
        for place, message in enumerate(messages):
            answer, entry = self._decide(message, person)
            answers.append(answer)
            if entry is not None:
                entries.append(entry)
                written.add(place)
        told: Future[list[Answer]] = Future()
        if not entries:
            told.set_result(answers)
            return told
        kept = self._house.journal.submit(*entries)
        kept.add_done_callback(lambda done: told.set_result(_settled(answers, written, done)))
        return told

    def _decide(self, message: object, person: Person) -> tuple[Answer, Loan | Void | None]:
        told: Answer = {"id": _id(message), "state": "kept", "warning": None, "reason": None}
        try:
            entry = read_transaction(message, now=self._house.now(), person=person)
            person.require(Act.LEND if isinstance(entry, Loan) else Act.VOID)
            return self._void(entry, told) if isinstance(entry, Void) else self._loan(entry, told)
        except TransactionRefused as refusal:
            return told | {"state": "refused", "reason": refusal.reason}, None
        except NotAllowed:
            return told | {"state": "refused", "reason": "not_allowed"}, None

    def _loan(self, loan: Loan, told: Answer) -> tuple[Answer, Loan | None]:
        decision = decide(self._house, loan)
        told = told | {"warning": decision.warning}
        if decision.repeated:
            return told | {"state": "repeated"}, None
        self._submitted.add(loan.id)
        return told, decision.loan

    def _void(self, asked: Void, told: Answer) -> tuple[Answer, Void | None]:
        log = self._house.loan_log
        row = log.row(asked.loan)
        if row is not None and row.void is not None and row.void.id == asked.id:
            return told, None  # sent again: it is kept already
        if row is None and asked.loan in self._submitted:
            return told, asked  # its loan is being written just now, before it
        return told, void(
            *(log, asked.loan, asked.reason),
            void_id=asked.id,
            at=asked.at,
            workstation=asked.workstation,
            operator=asked.operator,
        )


def decide(house: House, loan: Loan) -> Lending:
    """Decide on a loan at a desk of the papers; see `procedure.lending.lend`.

    Raises:
        TransactionRefused: also when the papers have no such desk.
    """
    if loan.desk not in house.handbook.desks:
        raise TransactionRefused("desk_unknown", "The papers have no such desk: choose one.")
    return lend(house.loan_log, loan)


def _id(message: object) -> str | None:
    given = message.get("id") if isinstance(message, Mapping) else None
    return given if isinstance(given, str) and len(given) <= 36 else None


def _settled(
    answers: list[Answer], written: set[int], done: Future[tuple[Recorded, ...]]
) -> list[Answer]:
    fault = done.exception()
    if fault is None:
        return answers
    # The page keeps them and sends them again; whatever went wrong is in the server's own log.
    reason = "unwritable" if isinstance(fault, JournalUnwritable) else "failed"
    failed = {"state": "waiting", "reason": reason}
    return [one | failed if n in written else one for n, one in enumerate(answers)]
