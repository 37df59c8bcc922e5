"""The loan log finds the scans that repeat another scan."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.loan_row import LoanState
from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Entry
from tests.support import make
from tests.support.memory import folded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def scan(number: int, seconds: float, patron: str = "P1", item: str = "I1") -> Loan:
    return make.loan(number, item, patron, at=AT + timedelta(seconds=seconds), desk="CMU")


def undo(number: int) -> Void:
    return Void(id=UUID(int=100 + number), at=AT, loan=UUID(int=number), reason="erreur")


def back(number: int, seconds: float) -> Return:
    return make.back(number, "I1", at=AT + timedelta(seconds=seconds), desk="CMU")


def export(*loans: int) -> Export:
    return make.export(
        90, *(UUID(int=loan) for loan in loans), at=AT, desk="CMU", name="a.dat", sha256=""
    )


def repeats(*entries: Entry) -> dict[int, int | None]:
    """Return, for each loan that is not voided, the number of the loan that it repeats, or None."""
    rows = [row for row in folded(*entries).rows() if row.void is None]
    return {row.loan.id.int: row.repeats and row.repeats.int for row in rows}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((scan(1, 0), scan(2, 120)), {1: None, 2: 1}),
        ((scan(1, 0), scan(2, 121)), {1: None, 2: None}),
        ((scan(1, 60), scan(2, 0)), {1: None, 2: 1}),
        ((scan(1, 0), scan(2, 1, patron="P2")), {1: None, 2: None}),
        ((scan(1, 0), scan(2, 1, item="I2")), {1: None, 2: None}),
        # A scan cannot repeat a repeat: loan 3, over two minutes after loan 1, is a renewal.
        ((scan(1, 0), scan(2, 100), scan(3, 200)), {1: None, 2: 1, 3: None}),
        ((scan(1, 0), scan(2, 1), undo(1)), {2: None}),
        ((scan(1, 0), scan(2, 1), undo(2)), {1: None}),
        ((scan(1, 0), undo(1), scan(2, 1)), {2: None}),
        ((undo(1), scan(1, 0), scan(2, 1)), {2: None}),
        ((scan(1, 0), scan(2, 1), scan(3, 2), undo(1)), {2: None, 3: 2}),
        ((scan(1, 0), scan(2, 1), scan(3, 2), undo(2), undo(1)), {3: None}),
        # Until loan 1 was voided, loan 3 was a loan of its own, and may already be in a file. So
        # it is not made a repeat of loan 2; instead, loan 2 becomes its repeat.
        ((scan(1, 0), scan(2, 100), scan(3, 200), undo(1)), {2: 3, 3: None}),
        # An item returned between two loans was lent twice, even if the return is recorded later.
        ((scan(1, 0), back(9, 30), scan(2, 60)), {1: None, 2: None}),
        ((scan(1, 0), scan(2, 60), back(9, 30)), {1: None, 2: None}),
        ((scan(1, 0), scan(2, 60), back(9, 90)), {1: None, 2: 1}),
        ((scan(1, 0), back(9, 30), undo(9), scan(2, 60)), {1: None, 2: 1}),
        ((scan(1, 0), undo(9), back(9, 30), scan(2, 60)), {1: None, 2: 1}),
        ((scan(1, 0), back(9, 30), scan(2, 60), undo(9)), {1: None, 2: None}),
        # A loan in a file never counts as a repeat: files from earlier versions may contain both.
        ((scan(1, 0), scan(2, 1), export(1, 2)), {1: None, 2: None}),
        ((export(1, 2), scan(1, 0), scan(2, 1)), {1: None, 2: None}),
    ],
)
def test_repeats_keep_one_of_two_readings(
    entries: tuple[Entry, ...], expected: dict[int, int | None]
) -> None:
    assert repeats(*entries) == expected


def test_repeats_are_neither_counted_nor_treated_as_voided() -> None:
    log = folded(scan(1, 0), scan(2, 1), undo(2), scan(3, 2))
    assert [row.state for row in log.rows()] == [
        LoanState.RECORDED,
        LoanState.VOID,
        LoanState.REPEATED,
    ]
    assert log.count_lent(AT, AT + timedelta(hours=1)) == 1
    assert [row.is_valid for row in log.rows()] == [True, False, False]
    new = scan(4, 3)
    assert log.repeated_by(new) == log.row(UUID(int=1))
    assert log.repeated_by(scan(5, 300)) is None
