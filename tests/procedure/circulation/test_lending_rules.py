"""A scanned loan is recorded with the right warning, and voided at most once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.lending_rules import (
    LoanDecision,
    decide_on_loan,
    loans_of_the_day,
    void,
    warned_by_lists,
    warning_after,
)
from procedure.circulation.list_advice import ListAct, ListAdvice, ListRules, Reason
from procedure.circulation.transactions import Loan, Return
from procedure.errors import TransactionRefused
from procedure.journal import Entry
from tests.support import make
from tests.support.memory import folded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST = make.loan(1, "I1", "P1", at=AT, desk="CMU")


def scan(after: timedelta, patron: str = "P1", item: str = "I1") -> Loan:
    return make.loan(2, item, patron, at=AT + after, desk="CMU")


def test_lend_records_a_first_scan_without_a_warning() -> None:
    assert decide_on_loan(folded(), scan(SECOND)) == LoanDecision(scan(SECOND))


@pytest.mark.parametrize("after", [0 * SECOND, 120 * SECOND, -120 * SECOND])
def test_lend_treats_the_same_scan_within_two_minutes_as_a_double_reading(after: timedelta) -> None:
    lending = decide_on_loan(folded(FIRST), scan(after))
    row = folded(FIRST).row(FIRST.id)
    assert (lending, lending.repeated) == (LoanDecision(scan(after), "repeated", row), True)
    assert decide_on_loan(folded(FIRST, lending.loan), scan(after)) == lending, "sent again"


@pytest.mark.parametrize(
    ("last", "warning"),
    [
        (None, None),
        (make.back(3, "I1", at=AT), "on_cart"),
        (make.back(3, "I1", at=AT - timedelta(days=3)), "on_cart"),
        (FIRST, "renewal"),
        (make.loan(3, "I1", "P2", at=AT), "other_patron"),
        (make.loan(3, "I1", "P2", at=AT - timedelta(days=1)), None),
    ],
)
def test_warning_after_the_last_transaction_of_the_item(
    last: Loan | Return | None, warning: str | None
) -> None:
    assert warning_after(last, scan(SECOND)) == warning


@pytest.mark.parametrize(
    ("loan", "warning"),
    [
        (scan(121 * SECOND), "renewal"),
        (scan(1 * SECOND, patron="P2"), "other_patron"),
        (scan(timedelta(hours=5), patron="P2"), "other_patron"),
        (scan(timedelta(hours=5), item="I2"), None),
        (scan(timedelta(days=1)), None),
        # This scan is less than 24 hours later, but on the next day, after midnight in Geneva.
        (scan(timedelta(hours=14, minutes=30), patron="P2"), None),
        (scan(timedelta(hours=1), patron="é"), "patron_not_ascii"),
    ],
)
def test_lend_records_a_later_scan_of_the_item_with_a_warning(
    loan: Loan, warning: str | None
) -> None:
    lending = decide_on_loan(folded(FIRST), loan)
    assert (lending.loan, lending.warning) == (replace(loan, warning=warning), warning)
    assert not lending.repeated


def test_lend_from_the_cart_is_a_warning_and_not_a_double_reading() -> None:
    back = make.back(3, "I1", at=AT + 30 * SECOND, desk="CMU")
    warned = replace(scan(60 * SECOND), warning="on_cart")
    decision = decide_on_loan(folded(FIRST, back), scan(60 * SECOND))
    assert decision == LoanDecision(warned, "on_cart", cart=back)
    again = replace(scan(90 * SECOND), id=UUID(int=4))
    assert decide_on_loan(folded(FIRST, back, warned), again).warning == "repeated"


def test_lend_warns_of_the_newest_loan_of_the_day() -> None:
    second = make.loan(3, "I1", "P2", at=AT + 600 * SECOND, desk="CMU")
    lending = decide_on_loan(folded(FIRST, second), scan(900 * SECOND))
    assert lending.warning == "other_patron"
    assert lending.earlier is not None
    assert lending.earlier.loan == second


def test_lend_ignores_a_voided_loan() -> None:
    taken_back = folded(FIRST, make.void(9, FIRST.id, "wrong card", at=AT))
    assert decide_on_loan(taken_back, scan(SECOND)) == LoanDecision(scan(SECOND))


def test_lend_returns_the_recorded_loan_if_it_is_sent_again() -> None:
    again = replace(FIRST, at=AT + timedelta(hours=1), patron="P2")
    assert decide_on_loan(folded(FIRST), again) == LoanDecision(FIRST)


def test_void_records_loan_and_reason() -> None:
    entry = void(
        folded(FIRST), FIRST.id, " wrong  card ", void_id=UUID(int=9), at=AT, workstation="CMU-1"
    )
    assert entry == make.void(9, FIRST.id, "wrong card", at=AT, workstation="CMU-1")


@pytest.mark.parametrize(
    ("entries", "reason", "key"),
    [
        ((), "wrong card", "loan_unknown"),
        (
            (FIRST, make.void(8, FIRST.id, "x", at=AT)),
            "wrong card",
            "loan_void",
        ),
        ((FIRST,), " ", "reason_missing"),
    ],
)
def test_void_refuses_unknown_and_voided_loans(
    entries: tuple[Entry, ...], reason: str, key: str
) -> None:
    with pytest.raises(TransactionRefused) as refusal:
        void(folded(*entries), FIRST.id, reason, void_id=UUID(int=9), at=AT)
    assert refusal.value.reason == key


def test_void_flags_an_exported_loan() -> None:
    export = make.export(7, FIRST.id, at=AT, desk="CMU", name="a.dat", sha256="")
    entry = void(folded(FIRST, export), FIRST.id, "wrong card", void_id=UUID(int=9), at=AT)
    row = folded(FIRST, export, entry).row(FIRST.id)
    assert row is not None
    assert row.void_after_export


BLOCKED = ListAdvice(Reason.CARD_BLOCKED, AT - 8 * timedelta(hours=1))
NOT_FOR_LOAN = replace(BLOCKED, reason=Reason.ITEM_NOT_FOR_LOAN)
REQUESTED = replace(BLOCKED, reason=Reason.ITEM_REQUESTED)
RULES = ListRules()


def test_warned_by_lists_keeps_the_advice_and_asks_about_the_first_reason() -> None:
    loan = warned_by_lists(FIRST, [NOT_FOR_LOAN, BLOCKED], RULES)
    assert (loan.told, loan.warning) == ((NOT_FOR_LOAN, BLOCKED), "item_not_for_loan")
    told = warned_by_lists(FIRST, [REQUESTED, None], RULES)
    assert (told.told, told.warning) == ((REQUESTED,), None)


@pytest.mark.parametrize(
    ("warning", "asked"),
    [("other_patron", "other_patron"), ("renewal", "card_blocked"), (None, "card_blocked")],
)
def test_warned_by_lists_adds_no_question_to_one_about_the_scan(
    warning: str | None, asked: str
) -> None:
    loan = warned_by_lists(replace(FIRST, warning=warning), [BLOCKED], RULES)
    assert (loan.told, loan.warning) == ((BLOCKED,), asked)


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({}, None),
        ({"overridden": False}, "card_blocked"),
        ({"patron": "P2"}, "card_blocked"),
        ({"told": (NOT_FOR_LOAN,)}, "card_blocked"),
    ],
)
def test_warned_by_lists_asks_once_about_a_patrons_card(
    change: dict[str, object], warning: str | None
) -> None:
    decided = replace(FIRST, overridden=True, told=(BLOCKED,))
    loan = warned_by_lists(
        scan(SECOND, item="I2"), [None, BLOCKED], RULES, [replace(decided, **change)]
    )
    assert (loan.told, loan.warning) == ((BLOCKED,), warning)


def test_warned_by_lists_asks_about_each_item() -> None:
    decided = replace(FIRST, overridden=True, told=(NOT_FOR_LOAN,))
    loan = warned_by_lists(scan(SECOND, item="I2"), [NOT_FOR_LOAN], RULES, [decided])
    assert loan.warning == "item_not_for_loan"


def test_warned_by_lists_is_silent_if_the_handbook_says_so() -> None:
    rules = replace(RULES, card_blocked=ListAct.NOTHING)
    assert warned_by_lists(FIRST, [BLOCKED], rules) == FIRST


def test_loans_of_the_day_are_the_patrons_unvoided_loans() -> None:
    yesterday = make.loan(7, "I7", "P1", at=AT - timedelta(days=1), desk="CMU")
    void_too = make.loan(8, "I8", "P1", at=AT, desk="CMU")
    other = make.loan(9, "I9", "P2", at=AT, desk="CMU")
    log = folded(FIRST, yesterday, void_too, other, make.void(10, 8, at=AT))
    assert loans_of_the_day(log, scan(SECOND)) == [FIRST]
