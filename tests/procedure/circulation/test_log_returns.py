"""Returns in the loan log: which item is on a cart, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from procedure.circulation.loan_decision import LoanDecision, lend
from procedure.circulation.transactions import Return
from procedure.journal import Entry
from tests.support import make
from tests.support.memory import folded, recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LENT = make.loan(1, "I1", "P1", at=AT, desk="CMU")
BACK = make.back(2, "I1", at=AT + 5 * MINUTE, cart="2")
OTHER = make.back(3, "I2", at=AT + 6 * MINUTE, desk="CMU")
AGAIN = make.loan(4, "I1", "P2", at=AT + 9 * MINUTE, desk="CMU")
UNDONE = make.void(5, BACK.id, "mauvais chariot", at=AT + 7 * MINUTE)


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
        (
            (BACK, AGAIN, make.void(6, AGAIN.id, "retour", at=AT)),
            AT + 10 * MINUTE,
            BACK,
        ),
    ],
)
def test_on_cart_from_return_to_next_loan(
    entries: tuple[Entry, ...], at: datetime, expected: Return | None
) -> None:
    for order in permutations(entries):
        assert folded(*order).on_cart("I1", at) == expected


def test_returns_are_sorted_by_time_without_void_ones() -> None:
    log = folded(OTHER, BACK, UNDONE, make.back(9, "I4", at=AT, desk="CMU"))
    assert [back.item for back in log.returns()] == ["I4", "I2"]


def test_standing_sorts_loans_and_returns_of_an_item_by_time() -> None:
    assert folded(OTHER, AGAIN, BACK, LENT).standing("I1") == [LENT, BACK, AGAIN]
    assert folded(LENT, BACK, UNDONE).standing("I1") == [LENT]


def test_extend_twice_changes_nothing_but_the_position() -> None:
    log = folded(LENT, BACK)
    log.extend(recorded(LENT, BACK, OTHER))
    assert (log.returns(), log.standing("I1"), log.position) == ([BACK, OTHER], [LENT, BACK], 3)


def test_lend_from_the_cart_is_warned_of_and_no_double_reading() -> None:
    soon = make.loan(7, "I1", "P1", at=AT + MINUTE, desk="CMU")
    back = make.back(2, "I1", at=AT + MINUTE / 2, desk="CMU")
    warned = make.loan(7, "I1", "P1", at=AT + MINUTE, desk="CMU", warning="on_cart")
    assert lend(folded(LENT, back), soon) == LoanDecision(warned, "on_cart", cart=back)


def test_lend_from_the_cart_twice_is_a_double_reading() -> None:
    twice = make.loan(7, "I1", "P2", at=AGAIN.at + MINUTE, desk="CMU")
    assert lend(folded(BACK, AGAIN), twice).warning == "repeated"
