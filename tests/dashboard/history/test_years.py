"""The months of a year and all years: read once for all pages, and shown newest first."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.history.history_state import HistoryState
from dashboard.history.years import YearsState, read_periods
from dashboard.history.years_view import YearsView
from dashboard.translations import language
from procedure.errors import JournalError
from procedure.local_time import local
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.dashboard.conftest import Clock
from tests.support.memory import MemoryHistory

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def day(context: AppContext, begins: datetime, down: range, target: str = "switch") -> None:
    """Record a day of a target, down in these minutes."""
    context.history.record(
        Outcome(
            target=target,
            url="https://x.example",
            vantage="server",
            at=begins + minute * MINUTE,
            status=Status.DOWN if minute in down else Status.UP,
            cause=FailureCause.TIMEOUT if minute in down else None,
        )
        for minute in range(24 * 60)
    )


@pytest.fixture
def past(context: AppContext, clock: Clock) -> AppContext:
    """Two days of this year, and one of two years ago."""
    for begins, down in (
        (datetime(2024, 6, 3, tzinfo=UTC), range(100, 220)),
        (datetime(2026, 10, 5, tzinfo=UTC), range(0)),
        (datetime(2026, 11, 2, tzinfo=UTC), range(600, 636)),
    ):
        day(context, begins, down)
    assert clock() > datetime(2026, 11, 3, tzinfo=UTC)
    return context


async def test_years_have_a_row_a_month(past: AppContext) -> None:
    years = YearsState(context=past, choice="year", key="switch")
    await years.read()
    assert years.periods is not None
    known = [
        (local(row["start"]).month, row["outages"], row["down"], row["longest"])
        for row in years.periods.rows
        if row["ratio"] is not None
    ]
    assert known == [(10, 0, timedelta(), None), (11, 1, 36 * MINUTE, 36 * MINUTE)]


def test_years_begin_with_the_first_reading(past: AppContext) -> None:
    periods = read_periods(past, "all", "switch", past.now())
    assert [(local(row["start"]).year, row["outages"], row["down"]) for row in periods.rows] == [
        (2024, 1, 120 * MINUTE),
        (2025, 0, timedelta()),
        (2026, 1, 36 * MINUTE),
    ]


def test_years_service_is_up_while_one_address_is(past: AppContext) -> None:
    only = read_periods(past, "all", "A4", past.now())
    assert only.rows == []
    begins = datetime(2026, 11, 3, tzinfo=UTC)
    for target, down in (("alma-saml", range(60, 120)), ("alma-secours", range(90, 180))):
        day(past, begins, down, target)
    (year,) = read_periods(past, "all", "A4", past.now()).rows
    assert (year["outages"], year["down"]) == (1, 30 * MINUTE)


async def test_years_are_shared_until_they_are_old(past: AppContext, clock: Clock) -> None:
    first, second = (YearsState(context=past, choice="all", key="switch") for _ in range(2))
    await asyncio.gather(first.read(), second.read())
    assert first.periods is second.periods is not None
    clock.pass_by(minutes=11)
    await second.read()
    assert second.periods is not first.periods


class UnreadableHistory(MemoryHistory):
    def states(self, **_: Any) -> Any:
        raise JournalError("The database does not answer.")


async def test_years_failure_is_shown_and_the_next_choice_reads_again(past: AppContext) -> None:
    readable, past.history = past.history, UnreadableHistory()
    years = YearsState(context=past, choice="all", key="switch")
    await years.read()
    assert (years.failed, years.periods) == (True, None)
    past.history = readable
    await years.read()
    assert (years.failed, years.periods is None) == (False, False)


def cells(view: YearsView) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", view.__panel__().html.split("<tbody>")[-1], re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
    return [[re.sub(r"<[^>]+>", "", text).strip() for text in row] for row in texts]


async def test_years_view_has_the_chosen_address_newest_first(
    past: AppContext,
) -> None:
    view = YearsView(history=HistoryState(context=past), language=language("en"))
    pane = view.__panel__()
    pane.receive({"act": "years", "value": "all"})
    pane.receive({"act": "choose", "value": "", "fields": {"target": "switch"}})
    while "Reading" in pane.html:  # noqa: ASYNC110 - what the page shows is all there is
        await asyncio.sleep(0.01)
    # The last reading of a day holds beyond midnight.
    assert cells(view) == [
        ["2026", "98.75", "1", "36\u202fmin", "36\u202fmin"],
        ["2025", "–unknown", "0", "–", "–"],
        ["2024", "91.68", "1", "2\u202fh\u202f00", "2\u202fh\u202f00"],
    ]
