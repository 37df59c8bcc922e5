"""The loan log as a list: its filters, its order, and how often it is read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.loans import loan_log as loan_list
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.loans.loan_log_table_view import LoanTableView
from dashboard.translations import language
from procedure.circulation.settlements import Corrected, SettledByHand
from procedure.circulation.transactions import Loan, Void
from tests.support import make
from tests.support.tables import cells

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def loan(number: int, at: datetime, item: str, **more: Any) -> Loan:
    values = {"desk": "MAIL", "patron": "2071234567"} | more
    return make.loan(number, item, values.pop("patron"), at=at, desk=values.pop("desk"), **values)


@pytest.fixture
def listing(context: AppContext) -> LoanLogFilter:
    context.store.journal.append(
        loan(1, NOON - DAY, "OLD-1"),
        loan(2, NOON - timedelta(hours=2), "A1"),
        loan(3, NOON - timedelta(hours=1), "B2", desk="CMU", patron="SLSP204518377"),
        loan(4, NOON - timedelta(minutes=5), "C3", warning="unknown_card"),
        loan(5, NOON - timedelta(minutes=4), "D4", warning="renewal"),
        Void(id=UUID(int=6), at=NOON, loan=UUID(int=2), reason="lu deux fois"),
        make.export(7, 1, at=NOON, name="x.dat"),
    )
    made = LoanLogFilter(context=context)
    made.look()
    return made


def shown(listing: LoanLogFilter) -> list[str]:
    return [row.loan.item for row in listing.rows]


def test_log_shows_today_newest_first(listing: LoanLogFilter) -> None:
    assert shown(listing) == ["D4", "C3", "B2", "A1"]
    assert listing.days == (NOON.date(), (NOON - DAY).date())


@pytest.mark.parametrize(
    ("wanted", "items"),
    [
        ({"day": ""}, ["D4", "C3", "B2", "A1", "OLD-1"]),
        ({"day": "2026-11-23"}, ["OLD-1"]),
        ({"desk": "CMU"}, ["B2"]),
        ({"state": "void"}, ["A1"]),
        ({"state": "recorded"}, ["D4", "C3", "B2"]),
        ({"state": "doubtful"}, ["C3"]),
        ({"day": "", "state": "exported"}, ["OLD-1"]),
        ({"text": "slsp2045"}, ["B2"]),
        ({"text": " c3 "}, ["C3"]),
        ({"day": "", "text": "2071", "desk": "MAIL"}, ["D4", "C3", "A1", "OLD-1"]),
        ({"text": "nobody"}, []),
    ],
)
def test_log_combines_filters(
    listing: LoanLogFilter, wanted: dict[str, str], items: list[str]
) -> None:
    listing.param.update(**wanted)
    assert shown(listing) == items


def test_log_sets_rows_only_after_a_commit(listing: LoanLogFilter) -> None:
    seen: list[object] = []
    listing.param.watch(seen.append, "rows")
    listing.refresh()
    assert seen == []
    listing.context.store.journal.append(loan(8, NOON, "E5"))
    listing.context.folds.update()
    listing.refresh()
    assert (len(seen), shown(listing)[0]) == (1, "E5")


def test_log_reads_a_long_log_less_often(
    listing: LoanLogFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loan_list, "LONG", 3)
    listing.context.store.journal.append(loan(8, NOON, "E5"))
    listing.context.folds.update()
    for _ in range(loan_list.PATIENCE - 1):
        listing.refresh()
    assert shown(listing)[0] == "D4"
    listing.refresh()
    assert shown(listing)[0] == "E5"


def test_log_reads_a_long_log_at_once_for_a_new_page(
    listing: LoanLogFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loan_list, "LONG", 3)
    opened = LoanLogFilter(context=listing.context)
    opened.refresh()
    assert shown(opened) == shown(listing)


def test_log_follows_the_reconciliation(context: AppContext) -> None:
    """Alma refuses one loan, which is corrected, then settled by hand; another loan stays open."""
    at = NOON - timedelta(minutes=5)
    context.store.journal.append(loan(1, at, "A1"), loan(2, at, "B2"))
    listing = LoanLogFilter(context=context)
    table = LoanTableView(listing, language("en"), on_act=print, masked=False)

    def shown() -> list[tuple[str, str]]:
        context.folds.update()
        listing.refresh()
        return sorted(zip(cells(table, "item"), cells(table, "state"), strict=True))

    steps = [shown()]
    for entries in (
        [make.export(7, 1, at=NOON, name="x.dat")],
        [
            make.report(8, UUID(int=7), (UUID(int=1), "blocked"), at=NOON, succeeded=0, failed=1),
            Corrected(id=UUID(int=9), at=NOON, loan=UUID(int=1), item="A2"),
        ],
        [SettledByHand(id=UUID(int=10), at=NOON, loan=UUID(int=1), how="lent", operator="LM")],
    ):
        context.store.journal.append(*entries)
        steps.append(shown())
    assert [first for first, _ in steps] == [
        ("A1", "Recorded"),
        ("A1", "In a file"),
        ("A2", "To settle"),
        ("A2", "Settled by hand"),
    ]
    assert {second for _, second in steps} == {("B2", "Recorded")}
