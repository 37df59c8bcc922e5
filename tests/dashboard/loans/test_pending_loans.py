"""The pending loans at the desks, without a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.loans.loans_page import PendingLoansView
from dashboard.loans.pending_loans import PendingLoanRow, PendingLoans
from dashboard.translations import language
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan, Void
from procedure.errors import TransactionRefused
from procedure.journal import Entry, Recorded
from tests.support import make

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CARD = "2071234567"
WAITS = make.pending(1, "A1111", at=NOON - 5 * MINUTE, workstation="poste-2", sequence=4)


def lent(number: int, item: str, ago: int, patron: str = CARD) -> Loan:
    return make.loan(number, item, patron, at=NOON - ago * MINUTE)


@pytest.fixture
def lists(context: AppContext) -> PendingLoans:
    return PendingLoans(context=context, session=Session(workstation="poste-1", page="loans"))


def look(lists: PendingLoans) -> None:
    lists.context.folds.update()
    lists.refresh()


def test_complete_lends_to_the_card_at_the_time_of_the_scan(lists: PendingLoans) -> None:
    lists.context.store.journal.append(WAITS)
    lists.context.store.notes.write(WAITS.id, "Mme Rochat")
    look(lists)
    assert lists.pending == (PendingLoanRow(WAITS, "Mme Rochat"),)
    assert lists.complete(WAITS.id, "12-345-678") == "matriculation"
    (row,) = lists.context.folds.loan_log.rows()
    assert row.loan == make.loan(
        loan_id(WAITS.id),
        "A1111",
        "12-345-678",
        at=WAITS.at,
        workstation="poste-1",
        late=True,
        sequence=4,
        warning="matriculation",
    )
    assert (lists.pending, lists.context.store.notes.read()) == ((), {})
    with pytest.raises(TransactionRefused):
        lists.complete(WAITS.id, CARD)


def test_take_back_records_its_reason(lists: PendingLoans) -> None:
    lists.context.store.journal.append(WAITS)
    look(lists)
    with pytest.raises(TransactionRefused):
        lists.take_back(WAITS.id, " ")
    lists.take_back(WAITS.id, "revenu sans le livre")
    (entry,) = (entry.entry for entry in lists.context.store.journal.since(kinds=("void",)))
    assert isinstance(entry, Void)
    assert (entry.loan, entry.reason, entry.workstation) == (
        WAITS.id,
        "revenu sans le livre",
        "poste-1",
    )
    assert lists.pending == ()


@pytest.mark.parametrize("first", ["complete", "take_back"])
def test_complete_on_two_pages_at_once_counts_once(
    lists: PendingLoans, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    context = lists.context
    context.store.journal.append(WAITS)
    look(lists)
    settled = {
        "complete": make.loan(loan_id(WAITS.id), WAITS.item, CARD, at=WAITS.at),
        "take_back": make.void(9, WAITS.id, "revenu sans le livre", at=NOON),
    }
    append, others = context.store.journal.append, [settled[first]]

    def meddled(*entries: Entry, **more: Any) -> tuple[Recorded, ...]:
        while others:
            append(others.pop())
        return append(*entries, **more)

    monkeypatch.setattr(context.store.journal, "append", meddled)
    late = {
        "complete": lambda: lists.take_back(WAITS.id, "erreur"),
        "take_back": lambda: lists.complete(WAITS.id, CARD),
    }
    with pytest.raises(TransactionRefused):
        late[first]()
    assert [entry.entry for entry in context.store.journal.since()] == [WAITS, settled[first]]


def test_view_shows_its_desks_loans_and_the_others_on_request(lists: PendingLoans) -> None:
    other = make.pending(2, "B2222", desk="ARVE", at=WAITS.at)
    lists.context.store.journal.append(WAITS, other)
    lists.session.desk = "MAIL"
    look(lists)
    view = PendingLoansView(pending_loans=lists, language=language("fr"))

    def shown() -> list[str]:
        return [item for item in ("A1111", "B2222") if item in view.__panel__().html]

    assert shown() == ["A1111"]
    assert "1 prêt à un autre guichet" in view.__panel__().html
    view.__panel__().receive({"act": "elsewhere", "value": ""})
    assert shown() == ["A1111", "B2222"]
    view.__panel__().receive({"act": "elsewhere", "value": ""})
    lists.session.desk = "ARVE"
    assert shown() == ["B2222"]


def test_view_opens_the_form_of_one_loan_on_request(lists: PendingLoans) -> None:
    lists.context.store.journal.append(WAITS)
    lists.session.desk = "MAIL"
    look(lists)
    view = PendingLoansView(pending_loans=lists, language=language("fr"))
    assert "<form" not in view.__panel__().html
    view.__panel__().receive({"act": "open", "value": str(WAITS.id)})
    assert f'data-arrive="{WAITS.id}"' in view.__panel__().html
