"""Returns in the loan log: which item is on a cart, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from procedure.circulation.loan_decision import LoanDecision, lend
from procedure.circulation.transactions import Loan, Return, Void
from procedure.journal import Entry
from tests.support.memory import folded, recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LENT = Loan(UUID(int=1), AT, "CMU", "P1", "I1")
BACK = Return(UUID(int=2), AT + 5 * MINUTE, "MAIL", "I1", cart="2")
OTHER = Return(UUID(int=3), AT + 6 * MINUTE, "CMU", "I2")
AGAIN = Loan(UUID(int=4), AT + 9 * MINUTE, "CMU", "P2", "I1")
UNDONE = Void(UUID(int=5), AT + 7 * MINUTE, BACK.id, "mauvais chariot")


@pytest.mark.parametrize(
    ("entries", "at", "expected"),
    [
        ((LENT,), AT + 10 * MINUTE, None),
        ((BACK,), AT + 10 * MINUTE, BACK),
        ((BACK,), AT + 4 * MINUTE, None),
        ((BACK,), BACK.at, BACK),
        ((LENT, BACK), AT + 10 * MINUTE, BACK),
        ((LENT, BACK, AGAIN), AT + 10 * MINUTE, None),
        ((LENT, BACK, AGAIN), AT + 8 * MINUTE, BACK),
        ((BACK, UNDONE), AT + 10 * MINUTE, None),
        ((BACK, AGAIN, Void(UUID(int=6), AT, AGAIN.id, "retour")), AT + 10 * MINUTE, BACK),
    ],
)
def test_on_cart_from_return_to_next_loan(
    entries: tuple[Entry, ...], at: datetime, expected: Return | None
) -> None:
    for order in permutations(entries):
        assert folded(*order).on_cart("I1", at) == expected


def test_returns_are_sorted_by_time_without_void_ones() -> None:
    log = folded(OTHER, BACK, UNDONE, Return(UUID(int=9), AT, "CMU", "I4"))
    assert [back.item for back in log.returns()] == ["I4", "I2"]


def test_standing_sorts_loans_and_returns_of_an_item_by_time() -> None:
    assert folded(OTHER, AGAIN, BACK, LENT).standing("I1") == [LENT, BACK, AGAIN]
    assert folded(LENT, BACK, UNDONE).standing("I1") == [LENT]


def test_extend_twice_changes_nothing_but_the_position() -> None:
    log = folded(LENT, BACK)
    log.extend(recorded(LENT, BACK, OTHER))
    assert (log.returns(), log.standing("I1"), log.position) == ([BACK, OTHER], [LENT, BACK], 3)


def test_lend_from_the_cart_is_warned_of_and_no_double_reading() -> None:
    soon = Loan(UUID(int=7), AT + MINUTE, "CMU", "P1", "I1")
    back = Return(UUID(int=2), AT + MINUTE / 2, "CMU", "I1")
    warned = Loan(UUID(int=7), AT + MINUTE, "CMU", "P1", "I1", warning="on_cart")
    assert lend(folded(LENT, back), soon) == LoanDecision(warned, "on_cart", cart=back)


def test_lend_from_the_cart_twice_is_a_double_reading() -> None:
    twice = Loan(UUID(int=7), AGAIN.at + MINUTE, "CMU", "P2", "I1")
    assert lend(folded(BACK, AGAIN), twice).warning == "repeated"
