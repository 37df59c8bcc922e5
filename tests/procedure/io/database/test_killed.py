"""A job that uses Alma's API resumes where it was killed, and never makes a loan twice."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from procedure.circulation.settlements import Corrected, RequestOutcome
from procedure.circulation.transactions import Loan
from procedure.errors import RequestOutcomeUnknown, TransactionRefused
from procedure.io.alma.create_loan import SETTLED, create_loan, settle
from procedure.io.alma.service import look_up
from procedure.io.alma.verify import verify
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.simulation.alma.request_gate import Misbehaviour
from tests.procedure.io.planted import NOW, Day, day
from tests.procedure.io.test_reconciliation import Reconciling, silent
from tests.support.memory import MemoryJournal

SMALL = 32


class Killed(BaseException):
    """Represents the death of the process; no code under test catches it."""


class Mortal(MemoryJournal):
    """A journal whose process dies after `lives` writes.

    It dies before the next write or, if `after`, as soon as that write is recorded.
    """

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.lives: float = float("inf")
        self.after = False

    def append(self, *entries: Any, **more: Any) -> Any:
        self.lives -= 1
        if self.lives < 0 and not self.after:
            raise Killed
        recorded = super().append(*entries, **more)
        if self.lives < 0:
            raise Killed
        return recorded


def sent_back(each: int = 1) -> Reconciling:
    there: Day = day(SMALL, each)
    back = Reconciling(there, Mortal(there.clock))
    for desk in sorted({row.desk for row in there.rows}):
        back.take_in(desk)
        back.upload(desk, back.export(desk))
    return back


def run(back: Reconciling, what: Any) -> bool:
    """Call an API function; return whether the process survived."""
    try:
        back.day.ask(what)
    except Killed:
        return False
    return True


def looking_up(back: Reconciling) -> Any:
    result = back.log()
    loans = [row.corrected for row in result.rows()]
    since = NOW - timedelta(hours=1)
    return lambda api: look_up(api, back.journal, result, loans, since=since, on_progress=silent)


def proving(back: Reconciling) -> Any:
    rows = [row for row in back.log().rows() if row.history.verification is None]
    return lambda api: verify(api, back.journal, rows, on_progress=silent)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("work", [looking_up, proving])
def test_batch_killed_repeatedly_repeats_no_answered_request(work: Any, after: bool) -> None:
    whole = sent_back()
    run(whole, work(whole))
    expected = [type(record.entry) for record in whole.journal.since()]
    back = sent_back()
    back.journal.after, back.journal.lives = after, 3
    deaths = 0
    while not run(back, work(back)):
        deaths += 1
        back.journal.lives = 3
    assert deaths > 5
    assert Counter(type(record.entry) for record in back.journal.since()) == Counter(expected)
    assert {row.loan.item: (row.state, row.reason) for row in back.log().rows()} == {
        row.loan.item: (row.state, row.reason) for row in whole.log().rows()
    }
    assert back.day.stand_in.gate.effects == []


def refused(back: Reconciling) -> Any:
    """Release an item that was on hold; return its loan, which Alma refused but now accepts."""
    row = next(row for row in back.log().rows() if row.reason == "on_hold_shelf")
    item = back.day.stand_in.world.items[row.loan.item]
    item.waits_for, item.process = "", ""
    return row.loan


def lending(back: Reconciling, loan: Any) -> Any:
    return lambda api: create_loan(api, back.journal, loan.id, library="MAIN")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("lives", [0, 1])
def test_repair_killed_at_any_write_lends_at_most_once(lives: int, after: bool) -> None:
    back = sent_back()
    loan = refused(back)
    back.journal.lives, back.journal.after = lives, after
    assert not run(back, lending(back, loan))
    back.journal.lives = float("inf")
    intended = (lives, after) != (0, False)
    answered = (lives, after) == (1, True)
    if intended and not answered:
        # Nothing more is sent until `settle` has looked the loan up in Alma and found the outcome.
        with pytest.raises(TransactionRefused, match="settle it first"):
            back.day.ask(lending(back, loan))
        back.day.clock.at += SETTLED
        answer = back.day.ask(lambda api: settle(api, back.journal, loan.id))
        assert answer is not None
        assert answer.fate is (RequestOutcome.MADE if lives == 1 else RequestOutcome.NEVER_ARRIVED)
    if back.log().row(loan.id).state is ReconciliationState.REFUSED:
        back.day.ask(lending(back, loan))
    assert back.day.stand_in.gate.effects == [f"lend {loan.item}"]
    assert back.log().row(loan.id).state is ReconciliationState.CONFIRMED


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_500"])
def test_repair_after_a_broken_connection_is_looked_up_in_alma(kind: str) -> None:
    back = sent_back()
    loan = refused(back)
    back.day.stand_in.gate.faults = [Misbehaviour(kind, "POST")]
    with pytest.raises(RequestOutcomeUnknown):
        back.day.ask(lending(back, loan))
    assert back.day.ask(lambda api: settle(api, back.journal, loan.id)) is None or (
        kind == "drop_after"
    )
    back.day.clock.at += SETTLED
    if kind != "drop_after":
        answer = back.day.ask(lambda api: settle(api, back.journal, loan.id))
        assert answer is not None
        assert answer.fate is RequestOutcome.NEVER_ARRIVED
        back.day.ask(lending(back, loan))
    assert back.day.stand_in.gate.effects == [f"lend {loan.item}"]
    with pytest.raises(TransactionRefused, match="is confirmed: there is nothing to repair"):
        back.day.ask(lending(back, loan))
    with pytest.raises(TransactionRefused, match="No request for this loan"):
        back.day.ask(lambda api: settle(api, back.journal, loan.id))


def test_refusal_of_alma_keeps_its_code_and_the_row() -> None:
    back = sent_back()
    row = next(row for row in back.log().rows() if row.reason == "user_not_found")
    answer = back.day.ask(lending(back, row.loan))
    assert (answer.fate, answer.code) == (RequestOutcome.REFUSED, "401890")
    assert back.log().row(row.loan.id).state is ReconciliationState.REFUSED


def test_second_page_repairing_at_once_is_refused() -> None:
    back = sent_back()
    loan = refused(back)

    lend = from_before(back, loan)
    back.day.ask(lending(back, loan))
    with pytest.raises(TransactionRefused, match="Somebody else is repairing"):
        back.day.ask(lend)
    assert back.day.stand_in.gate.effects == [f"lend {loan.item}"]
    assert len(ReconciliationLog(back.journal.since(kinds=KINDS)).rows()) == SMALL
    # A loan is not sent, either, if it has meanwhile been corrected, found in Alma or uploaded again, or if
    # its file has a newer report.
    for make in (
        lambda other, _: Corrected(
            id=uuid4(), at=back.day.clock.at, loan=other, patron="2070000099"
        ),
        lambda other, _: LoanVerified(uuid4(), back.day.clock.at, other, Verification.IN_ALMA),
        lambda _, sent: FileUploaded(id=uuid4(), at=back.day.clock.at, export=sent),
        lambda _, sent: JobReportRecorded(
            id=uuid4(), at=back.day.clock.at, export=sent, refused=()
        ),
    ):
        row = next(row for row in back.log().rows() if row.state is ReconciliationState.REFUSED)
        lend = from_before(back, row.loan)
        back.journal.append(make(row.loan.id, row.history.export[1].id))
        with pytest.raises(TransactionRefused, match="Somebody else is repairing"):
            back.day.ask(lend)
    assert back.day.stand_in.gate.effects == [f"lend {loan.item}"]


def from_before(back: Reconciling, loan: Loan) -> Any:
    """Return a function that repairs the loan, but sees no entry recorded from now on."""
    seen = back.journal.position()

    class Before(MemoryJournal):
        def since(self, position: int = 0, **more: Any) -> Any:
            return [
                record for record in back.journal.since(position, **more) if record.position <= seen
            ]

        def append(self, *entries: Any, **more: Any) -> Any:
            return back.journal.append(*entries, **more)

    rival = Before(back.day.clock)
    return lambda api: create_loan(api, rival, loan.id, library="MAIN")
