"""Conflicts in imported rows: each kind alone, and cases that are not conflicts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.imports.conflicts import OutagePeriod, conflicts
from procedure.circulation.transactions import Loan, Return
from tests.support import make

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def loan(number: int, item: str, patron: str = "p", desk: str = "MAIL", minute: int = 0) -> Loan:
    return make.loan(number, item, patron, at=NOON + timedelta(minutes=minute), desk=desk)


def back(number: int, item: str, minute: int) -> Return:
    return make.back(number, item, at=NOON + timedelta(minutes=minute))


def clashes(
    *rows: Loan | Return, **more: object
) -> list[tuple[str, list[int], str, tuple[str, ...]]]:
    pairs = conflicts(
        [row for row in rows if isinstance(row, Loan)],
        [row for row in rows if isinstance(row, Return)],
        **{"now": NOON + timedelta(hours=1), **more},
    )
    return [(pair.kind, [row.int for row in pair.rows], pair.item, pair.desks) for pair in pairs]


def test_conflicts_of_an_item_lent_twice_without_a_return() -> None:
    twice = (loan(1, "a", "p"), loan(2, "a", "q", "CMU", 5))
    assert clashes(*twice) == [("lent_twice", [1, 2], "a", ("MAIL", "CMU"))]
    assert clashes(*twice, back(3, "a", 3)) == [
        ("lent_and_on_cart", [1, 3, 2], "a", ("MAIL", "CMU"))
    ]
    assert [clash[0] for clash in clashes(*twice, back(3, "a", 9))] == [
        "lent_twice",
        "lent_and_on_cart",
    ]
    assert clashes(loan(1, "a"), loan(2, "b", minute=5)) == []


@pytest.mark.parametrize(
    ("minute", "outage", "kind"),
    [
        (59, None, []),
        (61, None, []),
        (63, None, ["in_the_future"]),
        (-60 * 24 * 32, None, ["outside_outage"]),
        (0, OutagePeriod(NOON), []),
        (-3, OutagePeriod(NOON), ["outside_outage"]),
        (13, OutagePeriod(NOON, NOON + timedelta(minutes=10)), ["outside_outage"]),
        (11, OutagePeriod(NOON, NOON + timedelta(minutes=10)), []),
    ],
)
def test_conflicts_of_times_in_the_future_or_outside_the_outage(
    minute: int, outage: OutagePeriod | None, kind: list[str]
) -> None:
    assert [clash[0] for clash in clashes(loan(1, "a", minute=minute), outage=outage)] == kind


def test_conflicts_of_one_patron_at_two_desks_in_one_minute() -> None:
    rows = (loan(1, "a"), loan(2, "b", desk="CMU"), loan(3, "c", minute=1))
    assert clashes(*rows) == [("two_desks_at_once", [1, 2], "", ("MAIL", "CMU"))]
    assert clashes(loan(1, "a"), loan(2, "b")) == []


def test_conflicts_include_only_the_given_rows() -> None:
    rows = (loan(1, "a"), loan(2, "a", minute=1), loan(3, "b"), loan(4, "b", minute=1))
    assert [clash[1] for clash in clashes(*rows, among={UUID(int=4)})] == [[3, 4]]
