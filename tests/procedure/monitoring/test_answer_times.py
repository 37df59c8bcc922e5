"""The percentile of a week is a latency that was measured, of answers alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from procedure.monitoring.answer_times import percentile
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.rollup import ReadingRows, reading

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def readings(*seen: tuple[Status, float | None]) -> ReadingRows:
    outcomes = [
        Outcome("a", "", "server", NOON + n * SECOND, verdict, latency_ms=spent)
        for n, (verdict, spent) in enumerate(seen)
    ]
    return ReadingRows("a", [reading(one) for one in outcomes])


def test_of_a_hundred_answers_it_is_the_ninety_fifth() -> None:
    hundred = readings(*((Status.UP, float(ms)) for ms in range(100, 0, -1)))
    assert (percentile(hundred, 95), percentile(hundred, 50)) == (95.0, 50.0)


def test_of_one_answer_it_is_that_one() -> None:
    assert percentile(readings((Status.SLOW, 61.5)), 95) == 61.5


def test_what_failed_or_was_not_timed_has_no_part() -> None:
    timed = (Status.UP, 20.0)
    untimed = (Status.UP, None)
    failed = (Status.DOWN, 10_000.0)
    assert percentile(readings(timed, untimed, failed), 95) == 20.0
    assert percentile(readings(untimed, failed), 95) is None
    failure = Outcome("a", "", "server", NOON, Status.DOWN, FailureCause.TIMEOUT)
    assert percentile(ReadingRows("a", [reading(failure)]), 95) is None


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=300), st.integers(1, 100))
def test_so_many_answers_came_within_it_and_no_fewer_would_do(
    spent: list[int], percent: int
) -> None:
    found = percentile(readings(*((Status.UP, float(ms)) for ms in spent)), percent)
    assert found in spent
    within = [ms for ms in spent if ms <= found]
    faster = [ms for ms in spent if ms < found]
    assert 100 * len(within) >= percent * len(spent) > 100 * len(faster)
