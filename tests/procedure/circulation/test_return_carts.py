from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from procedure.circulation.lending import Lending, lend
from procedure.circulation.log import CirculationLog
from procedure.circulation.return_carts import LoanedFromCart, ReturnCarts
from procedure.circulation.transactions import Loan, Return, Void
from procedure.journal import Entry, Recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LENT = Loan(UUID(int=1), AT, "CMU", "P1", "I1")
BACK = Return(UUID(int=2), AT + 5 * MINUTE, "MAIL", "I1", cart="2")
OTHER = Return(UUID(int=3), AT + 6 * MINUTE, "CMU", "I2")
AGAIN = Loan(UUID(int=4), AT + 9 * MINUTE, "CMU", "P2", "I1")
UNDONE = Void(UUID(int=5), AT + 7 * MINUTE, BACK.id, "mauvais chariot")


def recorded(*entries: Entry) -> list[Recorded]:
    return [Recorded(place, AT, entry) for place, entry in enumerate(entries, start=1)]


def carts(*entries: Entry) -> ReturnCarts:
    return ReturnCarts(recorded(*entries))


@pytest.mark.parametrize(
    ("entries", "at", "found"),
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
def test_an_item_is_on_the_cart_from_its_return_to_its_next_loan(
    entries: tuple[Entry, ...], at: datetime, found: Return | None
) -> None:
    for order in permutations(entries):
        assert carts(*order).on_cart("I1", at) == found


def test_the_carts_are_listed_by_desk_number_and_day() -> None:
    late = Return(UUID(int=8), datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "CMU", "I3", cart="2")
    log = carts(OTHER, late, BACK, UNDONE, Return(UUID(int=9), AT, "CMU", "I4"))
    assert [one.item for one in log.rows()] == ["I4", "I2", "I3"]
    assert [one.item for one in log.rows(desk="CMU", day=date(2026, 11, 24))] == ["I4", "I2"]
    assert [one.item for one in log.rows(cart="2")] == ["I3"]
    assert log.rows(desk="MAIL") == []


def test_what_was_lent_and_carted_is_flagged_with_the_order_of_events() -> None:
    log = carts(OTHER, AGAIN, BACK, LENT)
    assert log.lent_and_carted() == [LoanedFromCart("I1", (LENT, BACK, AGAIN))]
    assert [one.on_cart for one in log.lent_and_carted()] == [False]
    assert carts(BACK, LENT).lent_and_carted() == [LoanedFromCart("I1", (LENT, BACK))]
    assert [one.on_cart for one in carts(BACK, LENT).lent_and_carted()] == [True]
    assert carts(LENT, BACK, UNDONE).lent_and_carted() == []


def test_folding_twice_changes_nothing_and_the_position_moves_on() -> None:
    log = carts(LENT, BACK)
    log.extend(recorded(LENT, BACK, OTHER))
    assert (log.rows(), list(log.events("I1")), log.position) == ([BACK, OTHER], [LENT, BACK], 3)


def test_lending_from_the_cart_is_warned_of_and_is_no_double_reading() -> None:
    soon = Loan(UUID(int=7), AT + MINUTE, "CMU", "P1", "I1")
    back = Return(UUID(int=2), AT + MINUTE / 2, "CMU", "I1")
    log, own = CirculationLog(recorded(LENT, back)), carts(LENT, back)
    warned = Loan(UUID(int=7), AT + MINUTE, "CMU", "P1", "I1", warning="on_cart")
    assert lend(log, soon, own) == Lending(warned, "on_cart", cart=back)
    assert lend(log, soon).warning == "renewal"


def test_a_second_reading_of_a_book_from_the_cart_is_one_all_the_same() -> None:
    entries = (BACK, AGAIN)
    twice = Loan(UUID(int=7), AGAIN.at + MINUTE, "CMU", "P2", "I1")
    assert lend(CirculationLog(recorded(*entries)), twice, carts(*entries)).warning == "repeated"
