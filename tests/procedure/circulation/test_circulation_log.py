"""The loan log is built from the journal, and can be filtered and counted."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.circulation.transactions import Export, Loan, Void
from procedure.journal import Recorded
from tests.support import make
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def loan(number: int, **changes: object) -> Loan:
    values = {"at": AT, "desk": "CMU", "patron": "P1", "item": f"I{number}", **changes}
    return make.loan(number, **values)  # type: ignore[arg-type]


def void(number: int, of: int) -> Void:
    return make.void(1000 + number, of, "wrong card", at=AT)


def export(number: int, *loans: int) -> Export:
    ids = tuple(UUID(int=loan) for loan in loans)
    return make.export(2000 + number, *ids, at=AT, desk="CMU", name=f"{number}.dat", sha256="")


def numbers(rows: object) -> list[int]:
    return [row.loan.id.int for row in rows]  # type: ignore[attr-defined]


def test_rows_have_the_void_and_export_of_their_loan() -> None:
    log = CirculationLog(recorded(loan(1), loan(2), loan(3), loan(4), void(1, 2), export(1, 3, 4)))
    log.extend([Recorded(7, AT, void(2, 4))])
    day = date(2026, 11, 24)
    assert list(log.rows()) == [
        LoanRow(loan(1), 1, AT, day),
        LoanRow(loan(2), 2, AT, day, void=void(1, 2)),
        LoanRow(loan(3), 3, AT, day, export=export(1, 3, 4)),
        LoanRow(loan(4), 4, AT, day, export=export(1, 3, 4), void=void(2, 4)),
    ]
    assert [(row.state, row.void_after_export) for row in log.rows()] == [
        (LoanState.RECORDED, False),
        (LoanState.VOID, False),
        (LoanState.EXPORTED, False),
        (LoanState.VOID, True),
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"desk": "MAIL"}, [3, 4]),
        ({"patron": "P2"}, [2, 4]),
        ({"item": "I3"}, [3]),
        ({"desk": "MAIL", "patron": "P2"}, [4]),
        ({"state": LoanState.VOID}, [2]),
        ({"desk": "CMU", "state": LoanState.RECORDED}, [1]),
        ({"day": date(2026, 11, 24)}, [1, 2, 3]),
        ({"day": date(2026, 11, 25)}, [4]),
        ({"patron": "nobody"}, []),
    ],
)
def test_rows_are_filtered(asked: dict[str, object], expected: list[int]) -> None:
    log = CirculationLog(
        recorded(
            loan(1),
            loan(2, patron="P2"),
            loan(3, desk="MAIL", at=datetime(2026, 11, 24, 22, 59, tzinfo=UTC)),
            # In Geneva, it is already past midnight.
            loan(4, desk="MAIL", patron="P2", at=datetime(2026, 11, 24, 23, 0, tzinfo=UTC)),
            void(1, 2),
        )
    )
    assert numbers(log.rows(**asked)) == expected  # type: ignore[arg-type]


def test_extend_ignores_entries_already_folded() -> None:
    entries = recorded(loan(1), void(1, 1))
    log = CirculationLog(entries)
    log.extend(entries)
    assert (len(log), numbers(log.rows(item="I1")), log.position) == (1, [1], 2)


def test_count_lent_leaves_out_voided_loans() -> None:
    log = CirculationLog(
        recorded(
            loan(1, workstation="CMU-1"),
            loan(2, workstation="CMU-1", at=AT + MINUTE),
            loan(3, workstation="CMU-2", at=AT + 2 * MINUTE),
            loan(4, workstation="CMU-2"),
            void(1, 4),
        )
    )
    assert log.count_lent(AT, AT + 2 * MINUTE) == 2
    assert numbers(log.near("I2", AT, MINUTE)) == [2]
    assert numbers(log.near("I4", AT, MINUTE)) == []
