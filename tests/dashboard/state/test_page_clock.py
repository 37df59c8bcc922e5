"""The clock of a page: what a message says of when it was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.state.page_clock import PageClock

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def after(**length: float) -> datetime:
    return NOON + timedelta(**length)


def test_a_wrong_clock_at_the_desk_changes_nothing() -> None:
    for wrong in (0.0, 1e9, 1.8e12):
        assert PageClock().instant(wrong - 4000, wrong, NOON) == after(seconds=-4)


@pytest.mark.parametrize("delay", [0.0, 10.0, 200.0, 20_000.0])
def test_the_delay_of_a_message_moves_no_scan(delay: float) -> None:
    clock = PageClock()
    first = clock.instant(1000.0, 1000.0, NOON)
    second = clock.instant(1055.0, 1055.0, after(milliseconds=55 + delay))
    third = clock.instant(1110.0, 1110.0, after(milliseconds=110))
    assert [first, second, third] == [NOON, after(milliseconds=55), after(milliseconds=110)]


def test_a_quick_message_after_a_slow_one_sets_the_distance_right() -> None:
    clock = PageClock()
    assert clock.instant(1000.0, 1000.0, after(seconds=5)) == after(seconds=5)
    assert clock.instant(2000.0, 2000.0, after(seconds=1)) == after(seconds=1)
    assert clock.instant(3000.0, 3000.0, after(seconds=2, milliseconds=40)) == after(seconds=2)


def test_a_workstation_that_slept_is_believed_again() -> None:
    clock = PageClock()
    clock.instant(1000.0, 1000.0, NOON)
    assert clock.instant(2000.0, 2000.0, after(hours=1)) == after(hours=1)


def test_nothing_comes_from_the_future_or_from_last_year() -> None:
    clock = PageClock()
    assert clock.instant(5000.0, 1000.0, NOON) == NOON
    assert clock.instant(0.0, 1e13, NOON) == after(days=-31)
    for made, sent in ((float("nan"), 0.0), (0.0, float("nan")), (0.0, float("inf"))):
        with pytest.raises((ValueError, OverflowError)):
            clock.instant(made, sent, NOON)
