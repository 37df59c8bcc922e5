"""The loan summary per day and desk."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from procedure import frames
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Export, Loan, Void
from procedure.journal import Entry
from procedure.reconciliation.spreadsheets import harmless
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, 12, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 11, 24)  # noqa: DTZ001 - a date without a zone
ZURICH = ZoneInfo("Europe/Zurich")


def loan(number: int, patron: str, item: str, desk: str = "CMU", at: datetime = AT) -> Loan:
    return Loan(id=UUID(int=number), at=at, desk=desk, patron=patron, item=item)


def desk_day(**values: object) -> dict[str, object]:
    nothing = {"loans": 0, "voids": 0, "patrons": 0, "items": 0, "first": None, "last": None}
    return {"desk": "CMU", "day": DAY, **nothing, "exported": False, **values}


def summed(*entries: Entry) -> pd.DataFrame:
    return frames.summarized(CirculationLog(recorded(*entries)).rows())


LOANS = (
    loan(1, "P1", "A"),
    loan(2, "P1", "B", at=AT + 3 * MINUTE),
    loan(3, "P2", "A", at=AT + 5 * MINUTE),
    loan(4, "P9", "Z", at=AT + 9 * MINUTE),
    loan(5, "P3", "C", desk="ARVE"),
    loan(6, "P3", "C", at=AT + timedelta(days=1)),
    Void(id=UUID(int=50), at=AT, loan=UUID(int=4), reason="wrong card"),
)
CMU = desk_day(
    loans=3,
    voids=1,
    patrons=2,
    items=2,
    first=AT.astimezone(ZURICH),
    last=(AT + 5 * MINUTE).astimezone(ZURICH),
)


def test_summary_is_by_day_and_desk() -> None:
    days = frames.records(summed(*LOANS))
    assert days[1] == CMU
    assert [(day["day"].day, day["desk"], day["loans"]) for day in days] == [
        (24, "ARVE", 1),
        (24, "CMU", 3),
        (25, "CMU", 1),
    ]


def test_summary_day_is_exported_once_all_its_unvoided_loans_are() -> None:
    ids = [UUID(int=number) for number in (1, 2, 3)]
    part = Export(id=UUID(int=60), at=AT, desk="CMU", loans=tuple(ids[:2]), name="a.dat", sha256="")
    rest = Export(id=UUID(int=61), at=AT, desk="CMU", loans=tuple(ids[2:]), name="b.dat", sha256="")
    assert summed(*LOANS, part)["exported"].tolist() == [False, False, False]
    assert summed(*LOANS, part, rest)["exported"].tolist() == [False, True, False]


def test_summary_orders_first_and_last_in_the_doubled_hour() -> None:
    early = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)  # 02:40, summer time
    late = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30, winter time
    (day,) = frames.records(summed(loan(1, "a", "1", at=late), loan(2, "a", "2", at=early)))
    assert (day["first"], day["last"]) == (early, late)


def test_summary_day_of_only_voids_has_no_times() -> None:
    only = summed(loan(1, "P", "A"), Void(id=UUID(int=50), at=AT, loan=UUID(int=1), reason="x"))
    assert frames.records(only) == [desk_day(voids=1)]


def test_summary_leaves_out_second_scans() -> None:
    only = summed(loan(1, "P", "A"), loan(2, "P", "A", at=AT + MINUTE))
    assert only[["loans", "voids"]].to_numpy().tolist() == [[1, 0]]


@pytest.mark.parametrize("rows", [[], [loan(1, "P1", "A")]])
def test_summary_columns_and_dtypes(rows: list[Loan]) -> None:
    assert summed(*rows).dtypes.to_dict() == dict(frames.LOAN_SUMMARY)


def test_summary_is_the_same_with_pseudonyms() -> None:
    hidden = frames.loan_summary(frames.loans(CirculationLog(recorded(*LOANS)).rows()))
    assert_frame_equal(hidden, summed(*LOANS))


def test_loan_summary_csv_has_a_heading_and_harmless_cells() -> None:
    formula = loan(7, "P", "A", desk="=cmd", at=AT + timedelta(days=1))
    void = Void(id=UUID(int=51), at=AT, loan=formula.id, reason="x")
    assert frames.loan_summary_csv(summed(*LOANS[:4], LOANS[6], formula, void)) == (
        "desk,day,loans,voids,patrons,items,first,last,exported\r\n"
        "CMU,2026-11-24,3,1,2,2,2026-11-24T10:12:05+01:00,2026-11-24T10:17:05+01:00,no\r\n"
        "'=cmd,2026-11-25,0,1,0,0,,,no\r\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_harmless_never_starts_like_a_formula(start: str) -> None:
    assert (harmless(f"{start}1"), harmless("1" + start)) == (f"'{start}1", f"1{start}")
