"""Loans dated in another year or the future are kept out of Alma until somebody confirms them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.conflicts import OutagePeriod
from procedure.circulation.transactions import Export, Loan
from procedure.local_time import library_zone
from procedure.reconciliation.export_times import TimeCheck, TimesUnconfirmed, time_check
from procedure.reconciliation.offline_file_export import export_desk
from tests.support.memory import MemoryJournal

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=library_zone())
NEW = UUID(int=900)


def loan(number: int, at: datetime) -> Loan:
    return Loan(id=UUID(int=number), at=at, desk="CMU", patron=f"P{number}", item=f"I{number}")


TODAY = loan(1, NOW - timedelta(hours=1))
LAST_YEAR = loan(2, NOW - timedelta(days=365))
FIRST_MINUTE = loan(3, NEW_YEAR.astimezone(UTC))
BEFORE_MIDNIGHT = loan(4, NEW_YEAR.astimezone(UTC) - timedelta(minutes=1))
CLOCK_AHEAD = loan(5, NOW + timedelta(seconds=90))
FUTURE = loan(6, NOW + timedelta(minutes=3))
EPOCH = loan(7, datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
ALL = (TODAY, LAST_YEAR, FIRST_MINUTE, BEFORE_MIDNIGHT, CLOCK_AHEAD, FUTURE, EPOCH)


def test_suspects_leave_out_this_year_and_slightly_fast_clocks() -> None:
    check = TimeCheck(NEW_YEAR, NOW)
    assert check.suspects(ALL) == (LAST_YEAR, BEFORE_MIDNIGHT, FUTURE, EPOCH)
    confirmed = TimeCheck(NEW_YEAR, NOW, {LAST_YEAR.id, EPOCH.id})
    assert confirmed.suspects(ALL) == (BEFORE_MIDNIGHT, FUTURE)


@pytest.mark.parametrize(
    ("outage", "year"),
    [
        (None, 2026),
        (OutagePeriod(NOW - timedelta(hours=3)), 2026),
        # If an outage that began last year in Geneva continues or has just ended, loans of both
        # years are valid.
        (OutagePeriod(datetime(2025, 12, 31, 22, 0, tzinfo=UTC)), 2025),
        (OutagePeriod(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)), 2026),
        (OutagePeriod(NOW - timedelta(days=400), NOW - timedelta(days=2)), 2025),
        # The last outage ended long ago, so a loan dated in its year must have a wrong date.
        (OutagePeriod(NOW - timedelta(days=400), NOW - timedelta(days=399)), 2026),
        (OutagePeriod(datetime(2099, 1, 1, tzinfo=UTC)), 2026),
    ],
)
def test_time_check_starts_in_the_year_of_the_outage(
    outage: OutagePeriod | None, year: int
) -> None:
    assert time_check(outage, NOW) == TimeCheck(datetime(year, 1, 1, tzinfo=library_zone()), NOW)


def test_export_of_suspect_times_records_nothing_until_confirmed() -> None:
    journal = MemoryJournal(lambda: NOW, TODAY, LAST_YEAR, FUTURE)

    def export(*confirmed: Loan) -> Export | None:
        check = TimeCheck(NEW_YEAR, NOW, {lent.id for lent in confirmed})
        return export_desk(
            journal, CirculationLog(), "CMU", now=lambda: NOW, new_id=lambda: NEW, times=check
        ).export

    with pytest.raises(TimesUnconfirmed) as refusal:
        export()
    assert refusal.value.loans == (LAST_YEAR, FUTURE)
    assert str(refusal.value) == "2 loans have a time before 2026 or in the future."
    with pytest.raises(TimesUnconfirmed) as refusal:
        export(LAST_YEAR)
    assert refusal.value.loans == (FUTURE,)
    assert len(journal.since()) == 3
    made = export(LAST_YEAR, FUTURE)
    assert made is not None
    assert made.loans == (LAST_YEAR.id, TODAY.id, FUTURE.id)
