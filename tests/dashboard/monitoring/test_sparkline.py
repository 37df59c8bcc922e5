"""The sparkline draws latency as height and failures at the bottom, and leaves gaps empty."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.sparkline import Stroke, sparkline
from procedure.monitoring.model import Outcome, Status

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def drawn(*readings: tuple[float, Status, float | None], minutes: float = 10) -> list[Stroke]:
    hour = [
        Outcome("t", "https://t", "server", NOON - timedelta(minutes=ago), status, latency_ms=ms)
        for ago, status, ms in readings
    ]
    interval = timedelta(minutes=minutes)
    return list(sparkline(hour, interval, NOON, fewest=1, least=timedelta(0)))


def test_sparkline_without_readings_is_empty() -> None:
    assert drawn() == []
    assert drawn((5, UNKNOWN, None)) == []


@pytest.mark.parametrize(
    ("count", "seconds", "lines"), [(9, 60, 0), (10, 60, 1), (10, 6, 0), (81, 6, 1)]
)
def test_sparkline_of_few_readings_or_minutes_is_empty(
    count: int, seconds: int, lines: int
) -> None:
    interval = timedelta(seconds=seconds)
    hour = [
        Outcome("t", "https://t", "server", NOON - n * interval, UP, latency_ms=50)
        for n in reversed(range(count))
    ]
    assert len(sparkline(hour, interval, NOON)) == lines


def test_sparkline_failure_is_at_the_bottom_until_the_next_reading() -> None:
    assert drawn((30, UP, 50), (20, DOWN, 9000), (10, UP, 50)) == [
        ("", "M60.0,6.0 h2"),
        ("bad", "M80.0,12.5H100.0"),
        ("", "M100.0,6.0 h2"),
    ]


def test_sparkline_has_gaps_without_readings() -> None:
    assert drawn((50, UP, 50), (45, UP, 50), (10, UP, 50), (5, UP, 50), minutes=5) == [
        ("", "M20.0,6.0 30.0,6.0"),
        ("", "M100.0,6.0 110.0,6.0"),
    ]
