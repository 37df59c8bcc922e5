"""What lies open at the desks, without a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.loans.loans_page import WaitingLoansView
from dashboard.loans.waiting_loans import WaitingLoan, WaitingLoans
from dashboard.translations import language
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan, Void
from procedure.errors import TransactionRefused
from procedure.journal import Entry, Recorded
from tests.support import make
from tests.support.clock import Clock

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CARD = "2071234567"
WAITS = make.pending(1, "A1111", at=NOON - 5 * MINUTE, workstation="poste-2", sequence=4)


def lent(number: int, item: str, ago: int, patron: str = CARD) -> Loan:
    return make.loan(number, item, patron, at=NOON - ago * MINUTE)


@pytest.fixture
def lists(context: AppContext) -> WaitingLoans:
    return WaitingLoans(context=context, session=Session(workstation="poste-1", page="loans"))


def look(lists: WaitingLoans) -> None:
    lists.context.models.update()
    lists.refresh()


def test_complete_with_the_card_at_the_time_of_the_scan(lists: WaitingLoans) -> None:
    lists.context.journal.append(WAITS)
    lists.context.notes.write(WAITS.id, "Mme Rochat")
    look(lists)
    assert lists.waiting == (WaitingLoan(WAITS, "Mme Rochat"),)
    assert lists.complete(WAITS.id, "12-345-678") == "matriculation"
    (row,) = lists.context.models.loan_log.rows()
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
    assert (lists.waiting, lists.context.notes.read()) == ((), {})
    with pytest.raises(TransactionRefused):
        lists.complete(WAITS.id, CARD)


def test_take_back_with_a_reason(lists: WaitingLoans) -> None:
    lists.context.journal.append(WAITS)
    look(lists)
    with pytest.raises(TransactionRefused):
        lists.take_back(WAITS.id, " ")
    lists.take_back(WAITS.id, "revenu sans le livre")
    (entry,) = (entry.entry for entry in lists.context.journal.since(kinds=("void",)))
    assert isinstance(entry, Void)
    assert (entry.loan, entry.reason, entry.workstation) == (
        *(WAITS.id, "revenu sans le livre"), "poste-1",
    )  # fmt: skip
    assert lists.waiting == ()


@pytest.mark.parametrize("first", ["complete", "take_back"])
def test_complete_on_two_pages_at_once_counts_once(
    lists: WaitingLoans, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    context = lists.context
    context.journal.append(WAITS)
    look(lists)
    settled = {
        "complete": make.loan(loan_id(WAITS.id), WAITS.item, CARD, at=WAITS.at),
        "take_back": make.void(9, WAITS.id, "revenu sans le livre", at=NOON),
    }
    append, others = context.journal.append, [settled[first]]

    def meddled(*entries: Entry, **more: Any) -> tuple[Recorded, ...]:
        while others:
            append(others.pop())
        return append(*entries, **more)

    monkeypatch.setattr(context.journal, "append", meddled)
    late = {
        "complete": lambda: lists.take_back(WAITS.id, "erreur"),
        "take_back": lambda: lists.complete(WAITS.id, CARD),
    }
    with pytest.raises(TransactionRefused):
        late[first]()
    assert [entry.entry for entry in context.journal.since()] == [WAITS, settled[first]]


def test_slip_has_todays_loans_of_one_user(lists: WaitingLoans, clock: Clock) -> None:
    yesterday = lent(1, "Z9111", 60 * 24)
    loans = (lent(2, "A1111", 10), lent(3, "A1111", 10), lent(4, "B211100", 5))
    lists.context.journal.append(yesterday, *loans, lent(5, "C3111", 4, "4071234567"))
    look(lists)
    lists.patron = CARD
    library, address, *lines = lists.slip.splitlines()
    assert (library, address) == (
        "Bibliothèque de l’UNIGE",
        "24 rue du Général-Dufour, 1211 Genève 4",
    )
    assert lines[1:6] == [
        "Vos emprunts du 24.11.2026",
        "",
        "2 documents à rendre le 22.12.2026",
        "A1111",
        "B211100",
    ]
    lists.slip_language = "en"
    assert lists.slip.startswith("University of Geneva Library\n")
    assert "Your loans of 24.11.2026" in lists.slip
    clock.pass_by(days=1)
    look(lists)
    assert lists.slip == ""


def test_view_shows_those_of_its_desk_and_folds_away_the_others(lists: WaitingLoans) -> None:
    other = make.pending(2, "B2222", desk="ARVE", at=WAITS.at)
    lists.context.journal.append(WAITS, other)
    lists.session.desk = "MAIL"
    look(lists)
    view = WaitingLoansView(lists=lists, language=language("fr"))
    shown, _, folded = view.__panel__().html.partition('<details class="disclosure')
    assert [item for item in ("A1111", "B2222") if item in shown] == ["A1111"]
    assert [item for item in ("A1111", "B2222") if item in folded] == ["B2222"]
    assert "1 prêt à un autre guichet" in folded
    lists.session.desk = "ARVE"
    assert "B2222" in view.__panel__().html.partition('<details class="disclosure')[0]
