"""A target's past hours determine the latency above which it counts as slow, within two bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from procedure.monitoring.confirmed_status import (
    HOURS,
    HourlyLatency,
    LatencyBaseline,
    add_latency,
    slow_above,
)

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
CEILING = timedelta(seconds=2)


@pytest.mark.parametrize(
    ("limit", "above"), [(None, 2000), (100, 500), (500.1, 500.1), (1999, 1999), (5000, 2000)]
)
def test_slow_above_is_between_a_quarter_of_the_ceiling_and_the_ceiling(
    limit: float | None, above: float
) -> None:
    assert slow_above(LatencyBaseline(limit=limit), CEILING) == above


def test_add_latency_sums_up_each_hour() -> None:
    past = LatencyBaseline()
    for place, latency in enumerate((100.0, 300.0, 140.0, 7.0)):
        past = add_latency(past, NOON + timedelta(minutes=20 * place), latency)
    assert past == LatencyBaseline(
        (HourlyLatency(140.0, 40.0),), NOON + timedelta(hours=1), (7.0,), None
    )


def test_add_latency_leaves_no_empty_hour_after_a_pause() -> None:
    past = add_latency(LatencyBaseline(), NOON, 100.0)
    past = add_latency(past, NOON + timedelta(hours=9), 200.0)
    assert past.hours == (HourlyLatency(100.0, 0.0),)


def test_add_latency_keeps_one_week() -> None:
    past = LatencyBaseline()
    for hour in range(HOURS + 50):
        past = add_latency(past, NOON + timedelta(hours=hour), float(hour))
    assert len(past.hours) == HOURS
    assert past.hours[0] == HourlyLatency(49.0, 0.0)


def test_slow_above_ignores_one_unusual_hour() -> None:
    past = LatencyBaseline()
    for hour in range(10):
        for step in range(4):
            latency = 9000.0 if hour == 5 else 300.0 + step * 10
            past = add_latency(past, NOON + timedelta(hours=hour, minutes=step), latency)
    assert past.limit == 315.0 + 6 * 10
