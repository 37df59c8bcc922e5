"""The ticks of the time axis fall on the hour or, for a week, at midnight, Geneva time."""

from datetime import UTC, datetime, timedelta

from dashboard.history.timeline_ticks import axis_ticks, local_ticks, milliseconds
from dashboard.translations import language

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def test_axis_ticks_of_a_day_and_a_week() -> None:
    french = language("fr")
    day = list(axis_ticks(NOON - DAY, NOON, french).values())
    assert day == ["12:00", "15:00", "18:00", "21:00", "00:00", "03:00", "06:00", "09:00"]
    week = list(axis_ticks(NOON - 7 * DAY, NOON, french).values())
    assert week[0] == "mer.\n18"
    assert week[-1] == "mar.\n24"


def test_local_ticks_stay_at_midnight_across_clock_changes() -> None:
    change = datetime(2026, 10, 25, 12, tzinfo=UTC)
    days = local_ticks(change - 2 * DAY, change + DAY, DAY)
    assert [at.astimezone(UTC).hour for at in days] == [22, 22, 23]
    assert milliseconds(days[2]) - milliseconds(days[1]) == 25 * 3_600_000
