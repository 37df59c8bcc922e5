"""The decision at a scan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.loan_decision import LoanDecision, lend, void
from procedure.circulation.transactions import Loan
from procedure.errors import TransactionRefused
from procedure.journal import Entry
from tests.support import make
from tests.support.memory import folded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST = make.loan(1, "I1", "P1", at=AT, desk="CMU")


def scan(after: timedelta, patron: str = "P1", item: str = "I1") -> Loan:
    return make.loan(2, item, patron, at=AT + after, desk="CMU")


def test_lend_first_scan_without_a_warning() -> None:
    assert lend(folded(), scan(SECOND)) == LoanDecision(scan(SECOND))


@pytest.mark.parametrize("after", [0 * SECOND, 120 * SECOND, -120 * SECOND])
def test_lend_same_scan_within_two_minutes_is_a_double_reading(after: timedelta) -> None:
    lending = lend(folded(FIRST), scan(after))
    row = folded(FIRST).row(FIRST.id)
    assert (lending, lending.repeated) == (LoanDecision(scan(after), "repeated", row), True)
    assert lend(folded(FIRST, lending.loan), scan(after)) == lending, "sent again"


@pytest.mark.parametrize(
    ("loan", "warning"),
    [
        (scan(121 * SECOND), "renewal"),
        (scan(1 * SECOND, patron="P2"), "other_patron"),
        (scan(timedelta(hours=5), patron="P2"), "other_patron"),
        (scan(timedelta(hours=5), item="I2"), None),
        (scan(timedelta(days=1)), None),
        # Half past midnight in Geneva: another day, though less than a day later.
        (scan(timedelta(hours=14, minutes=30), patron="P2"), None),
        (scan(timedelta(hours=1), patron="é"), "patron_not_ascii"),
    ],
)
def test_lend_later_scan_of_the_item_is_recorded_with_a_warning(
    loan: Loan, warning: str | None
) -> None:
    lending = lend(folded(FIRST), loan)
    assert (lending.loan, lending.warning) == (replace(loan, warning=warning), warning)
    assert not lending.repeated


def test_lend_from_the_cart_is_warned_of_and_no_double_reading() -> None:
    back = make.back(3, "I1", at=AT + 30 * SECOND, desk="CMU")
    warned = replace(scan(60 * SECOND), warning="on_cart")
    decision = lend(folded(FIRST, back), scan(60 * SECOND))
    assert decision == LoanDecision(warned, "on_cart", cart=back)
    again = replace(scan(90 * SECOND), id=UUID(int=4))
    assert lend(folded(FIRST, back, warned), again).warning == "repeated"


def test_lend_warns_of_the_newest_loan_of_the_day() -> None:
    second = make.loan(3, "I1", "P2", at=AT + 600 * SECOND, desk="CMU")
    lending = lend(folded(FIRST, second), scan(900 * SECOND))
    assert lending.warning == "other_patron"
    assert lending.earlier is not None
    assert lending.earlier.loan == second


def test_lend_ignores_a_void_loan() -> None:
    taken_back = folded(FIRST, make.void(9, FIRST.id, "wrong card", at=AT))
    assert lend(taken_back, scan(SECOND)) == LoanDecision(scan(SECOND))


def test_lend_returns_a_loan_sent_again_as_it_was_recorded() -> None:
    again = replace(FIRST, at=AT + timedelta(hours=1), patron="P2")
    assert lend(folded(FIRST), again) == LoanDecision(FIRST)


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
def test_void_refuses_unknown_and_void_loans(
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
