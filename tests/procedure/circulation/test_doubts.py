"""A doubtful loan is in no file until somebody decides on it, and then in exactly one file."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.doubts import IS_QUESTION, is_question
from procedure.circulation.settlements import Corrected, open_question
from procedure.circulation.transactions import Loan, Void
from procedure.errors import TransactionRefused
from procedure.io.handbook_files import load_handbook
from procedure.reconciliation.corrections import confirm_scan, correct_loan
from procedure.reconciliation.export_plan import ToCheck
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.offline_file_export import (
    export_desk,
    plan_export,
    to_check,
    to_write,
)
from procedure.reconciliation.overview import overview
from procedure.reconciliation.re_export import plan_again
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.stage_counts import StageCounts
from tests.support import make
from tests.support.memory import MemoryJournal

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
NUMBERS = count(1000)


def new_id() -> UUID:
    return UUID(int=next(NUMBERS))


def now() -> datetime:
    return START + timedelta(hours=8)


def lent(number: int, warning: str | None = None, **more: Any) -> Loan:
    at = START + timedelta(minutes=number)
    item = f"100000000{number}"
    return make.loan(number, item, f"P{number}", at=at, desk="CMU", warning=warning, **more)


def journal_of(*entries: Any) -> MemoryJournal:
    return MemoryJournal(now, *entries)


def export(journal: MemoryJournal, log: CirculationLog) -> list[int]:
    done = export_desk(journal, log, "CMU", now=now, new_id=new_id)
    return [loan.id.int for loan in done.plan.loans]


def decision(loan: Loan, **fields: Any) -> Corrected:
    return Corrected(id=new_id(), at=now(), loan=loan.id, operator="C. Dupont", **fields)


def test_is_question_is_true_for_an_unlisted_doubt() -> None:
    information = {key for key, question in IS_QUESTION.items() if not question}
    assert information == {
        "renewal",
        "repeated",
        *(f"{field}_{key}" for field in ("item", "patron") for key in ("too_long", "not_ascii")),
    }
    assert (is_question("raised_by_a_handbook"), is_question(None)) == (True, False)


def test_open_question_follows_the_last_decision() -> None:
    doubtful = lent(1, "swapped")
    assert open_question(doubtful) == "swapped"
    assert open_question(replace(doubtful, overridden=True)) is None
    assert open_question(lent(1, "renewal")) is None
    assert open_question(doubtful, [decision(doubtful)]) is None
    again = decision(doubtful, item="12", warning="partial")
    assert open_question(doubtful, [decision(doubtful), again]) == "partial"
    assert open_question(doubtful, [again, decision(doubtful)]) is None


def test_loans_to_check_are_neither_exported_nor_counted() -> None:
    doubtful, renewed = lent(2, "looks_like_patron"), lent(3, "renewal")
    journal = journal_of(lent(1), doubtful, renewed, lent(4, "partial", overridden=True))
    log = CirculationLog(journal.since())
    assert to_write(log) == Counter(CMU=3)
    assert to_check(log) == (ToCheck(doubtful, "looks_like_patron"),)
    assert plan_export(log, "CMU").to_check == to_check(log)
    assert export(journal, log) == [1, 3, 4]
    assert export(journal, log) == []
    assert (to_write(log), to_check(log)) == (Counter(), to_check(CirculationLog(journal.since())))


@pytest.mark.parametrize("fields", [{}, {"item": "1000000009"}, {"patron": "P9"}])
def test_decided_loans_are_in_the_next_file(fields: dict[str, str]) -> None:
    doubtful = lent(1, "other_patron")
    journal = journal_of(doubtful)
    log = CirculationLog(journal.since())
    assert export(journal, log) == []
    journal.append(decision(doubtful, **fields))
    done = export_desk(journal, log, "CMU", now=now, new_id=new_id)
    assert done.plan.loans == (replace(doubtful, **fields),)
    assert export(journal, log) == []


def test_voided_doubtful_loans_are_neither_checked_nor_exported() -> None:
    doubtful = lent(1, "glued")
    log = CirculationLog(
        journal_of(doubtful, Void(id=new_id(), at=now(), loan=doubtful.id, reason="essai")).since()
    )
    assert (to_check(log), to_write(log)) == ((), Counter())


def test_doubtful_rows_need_a_persons_decision() -> None:
    journal = journal_of(lent(1), lent(2, "isbn"))
    reconciled = ReconciliationLog(journal.since())
    before = overview(reconciled.records(), AlmaSnapshot({}, {}, now()))
    assert [(row.loan.id.int, row.state, row.reason, row.doubt) for row in before.to_check] == [
        (2, ReconciliationState.REFUSED, "to_check", "isbn")
    ]
    assert (before.to_write, before.to_upload) == (Counter(CMU=1), 1)
    assert before.counts == StageCounts(to_check=1, on_the_way=1)
    entry = confirm_scan(reconciled, UUID(int=2), entry_id=new_id(), at=now(), operator="C. Dupont")
    reconciled.extend(journal.append(entry))
    after = overview(reconciled.records(), AlmaSnapshot({}, {}, now()))
    assert (after.to_check, after.to_write, after.to_upload) == ((), Counter(CMU=2), 2)
    assert after.counts == StageCounts(on_the_way=2)


def test_plan_again_leaves_out_undecided_rows_that_alma_refused() -> None:
    # An earlier version of Relais exported the doubtful loan.
    doubtful, sure = lent(1, "unknown_card"), lent(2)
    journal = journal_of(sure)
    log = CirculationLog(journal.since())
    sent = export_desk(journal, log, "CMU", now=now, new_id=new_id).export
    assert sent is not None
    old = replace(sent, id=new_id(), loans=(doubtful.id, sure.id))
    journal = journal_of(doubtful, sure, old)
    refused = tuple((loan.id, "user_not_found") for loan in (doubtful, sure))
    journal.append(make.report(new_id(), old.id, *refused, at=now()))
    reconciled = ReconciliationLog(journal.since())
    plan = plan_again(reconciled, "CMU")
    assert (plan.loans, plan.to_check) == ((sure,), (ToCheck(doubtful, "unknown_card"),))
    reconciled.extend(journal.append(decision(doubtful, patron="P9")))
    plan = plan_again(reconciled, "CMU")
    assert (plan.loans, plan.to_check) == ((replace(doubtful, patron="P9"), sure), ())


def test_confirm_scan_needs_a_name_and_an_open_question() -> None:
    reconciled = ReconciliationLog(journal_of(lent(1), lent(2, "swapped")).since())
    values: Any = {"entry_id": new_id(), "at": now()}
    for operator in (None, "", "  "):
        with pytest.raises(TransactionRefused, match="Say who decides"):
            confirm_scan(reconciled, UUID(int=2), operator=operator, **values)
        with pytest.raises(TransactionRefused, match="Say who is correcting this"):
            correct_loan(reconciled, UUID(int=2), item="1000000009", operator=operator, **values)
    with pytest.raises(TransactionRefused, match="No question"):
        confirm_scan(reconciled, UUID(int=1), operator="C. Dupont", **values)


def test_correct_loan_checks_the_correction_like_a_scan() -> None:
    rules = load_handbook(PACKAGED_HANDBOOK).scans
    reconciled = ReconciliationLog(journal_of(lent(1, "looks_like_patron")).since())
    values: Any = {"entry_id": new_id(), "at": now(), "operator": "C. Dupont", "rules": rules}
    other = correct_loan(
        reconciled, UUID(int=1), item="9782070360024", patron="2071234567", **values
    )
    # Once the item is corrected, the doubt about the card appears: a loan stores only the more
    # serious of two doubts.
    half = correct_loan(reconciled, UUID(int=1), item="1061000009", **values)
    right = correct_loan(reconciled, UUID(int=1), item="1061000009", patron="2071234567", **values)
    assert (other.warning, half.warning, right.warning) == ("isbn", "partial", None)
