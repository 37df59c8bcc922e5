"""A target's states cover the whole span, and a period without readings never counts as up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.downtime import (
    READING_HOLDS,
    Availability,
    Downtime,
    StatusInterval,
    availability,
    downtimes,
    extend,
)
from procedure.monitoring.model import FailureCause, Status
from tests.support.states import states

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


@dataclass(frozen=True)
class Reading:
    at: datetime
    status: Status
    cause: FailureCause | None = None
    target: str = "alma"


def at(minute: float) -> datetime:
    return START + minute * MINUTE


def readings(*entries: tuple[float, Status] | tuple[float, Status, FailureCause]) -> list[Reading]:
    return [Reading(at(minute), *rest) for minute, *rest in entries]


def state(
    start: float, end: float, status: Status | None, cause: FailureCause | None = None
) -> StatusInterval:
    return StatusInterval("alma", at(start), at(end), status, cause)


def lane(seen: list[Reading], *, until: float, since: float | None = None) -> list[StatusInterval]:
    start = None if since is None else at(since)
    return states("alma", seen, interval=MINUTE, until=at(until), since=start)


def test_states_merge_equal_readings_and_split_by_cause() -> None:
    seen = readings(
        (0, UP),
        (1, UP),
        (2, DOWN, FailureCause.TIMEOUT),
        (3, DOWN, FailureCause.STATUS),
        (4, SLOW),
        (5, UP),
    )
    assert lane(seen, until=6) == [
        state(0, 2, UP),
        state(2, 3, DOWN, FailureCause.TIMEOUT),
        state(3, 4, DOWN, FailureCause.STATUS),
        state(4, 5, SLOW),
        state(5, 6, UP),
    ]


def test_states_become_a_gap_after_three_intervals() -> None:
    assert lane(readings((0, UP), (3, UP), (10, UP)), until=20) == [
        state(0, 6, UP),
        state(6, 10, None),
        state(10, 13, UP),
        state(13, 20, None),
    ]


def test_states_of_a_window_begin_with_the_unread_time() -> None:
    seen = readings((2, UP), (3, DOWN), (4, UP))
    assert lane(seen, since=0, until=3.5) == [
        state(0, 2, None),
        state(2, 3, UP),
        state(3, 3.5, DOWN),
    ]
    assert lane(seen, since=3.5, until=4.5) == [state(3.5, 4, DOWN), state(4, 4.5, UP)]


def test_states_take_the_worst_of_two_readings_at_one_instant() -> None:
    seen = readings((0, UP), (1, DOWN, FailureCause.DNS), (1, UP), (1, UNKNOWN), (1, SLOW))
    assert lane(seen, until=2) == [state(0, 1, UP), state(1, 2, DOWN, FailureCause.DNS)]


def test_downtimes_last_from_the_first_failure_to_the_first_answer() -> None:
    seen = readings(
        (0, UP),
        (1, DOWN, FailureCause.TIMEOUT),
        (2, DOWN, FailureCause.STATUS),
        (3, SLOW),
        (4, DOWN, FailureCause.DNS),
    )
    assert downtimes(lane(seen, until=5)) == [
        Downtime("alma", at(1), at(3), FailureCause.TIMEOUT),
        Downtime("alma", at(4), None, FailureCause.DNS),
    ]


def test_downtimes_include_gaps_and_unknowns_and_count_them() -> None:
    seen = readings((0, DOWN), (1, UNKNOWN), (2, DOWN), (10, DOWN), (11, UP))
    assert downtimes(lane(seen, until=12)) == [
        Downtime("alma", at(0), at(11), None, unread=1 * MINUTE + 5 * MINUTE)
    ]


def test_downtimes_of_only_unknown_are_empty() -> None:
    assert downtimes(lane(readings((0, UNKNOWN), (1, UP)), until=2)) == []


def test_availability_leaves_out_gaps_and_unknowns() -> None:
    seen = readings((0, UP), (1, SLOW), (2, DOWN), (3, UNKNOWN), (4, UP))
    spent = availability(lane(seen, since=-10, until=20))
    assert spent == Availability(
        up=4 * MINUTE, slow=MINUTE, down=MINUTE, unknown=MINUTE, unread=23 * MINUTE
    )
    assert spent.ratio == pytest.approx(5 / 6)


def test_availability_without_a_known_state_is_none() -> None:
    assert availability(lane([], since=0, until=5)).ratio is None


SEEN = st.lists(
    st.builds(
        Reading,
        st.integers(0, 40).map(at),
        st.sampled_from(Status),
        st.sampled_from([None, FailureCause.DNS, FailureCause.TIMEOUT]),
    ),
    max_size=30,
)


@given(seen=SEEN, since=st.integers(-5, 45), length=st.integers(1, 50))
def test_states_tile_the_window(seen: list[Reading], since: int, length: int) -> None:
    intervals = lane(seen, since=since, until=since + length)
    assert (intervals[0].start, intervals[-1].end) == (at(since), at(since + length))
    assert all(before.end == after.start for before, after in pairwise(intervals))
    assert all(interval.start < interval.end for interval in intervals)
    assert availability(intervals) == availability(reversed(intervals))
    total = availability(intervals)
    spent = total.up + total.slow + total.down + total.unknown + total.unread
    assert spent == length * MINUTE


@given(seen=SEEN)
def test_state_at_an_instant_is_that_of_the_newest_valid_reading(seen: list[Reading]) -> None:
    intervals = lane(seen, since=0, until=45)
    for minute in range(45):
        middle = at(minute + 0.5)
        [state_then] = [
            interval for interval in intervals if interval.start <= middle < interval.end
        ]
        near = [
            reading for reading in seen if middle - READING_HOLDS * MINUTE < reading.at < middle
        ]
        newest = max((reading.at for reading in near), default=None)
        statuses = {reading.status for reading in near if reading.at == newest} or {None}
        assert state_then.status in statuses


@given(seen=SEEN)
def test_downtimes_never_touch_and_only_the_last_is_open(seen: list[Reading]) -> None:
    intervals = downtimes(lane(seen, since=0, until=50))
    assert all(
        before.end is not None and before.end < after.start for before, after in pairwise(intervals)
    )
    down = [interval for interval in lane(seen, since=0, until=50) if interval.status is DOWN]
    assert all(
        any(
            o.start <= interval.start and (o.end is None or interval.end <= o.end)
            for o in intervals
        )
        for interval in down
    )


def test_extend_closes_one_state_and_keeps_the_others() -> None:
    hold = 3 * MINUTE
    closed, standing = extend(None, Reading(at(0), UP), hold=hold)
    assert (closed, standing) == ((), state(0, 3, UP))
    closed, standing = extend(standing, Reading(at(1), UP), hold=hold)
    assert (closed, standing) == ((), state(0, 4, UP))
    closed, standing = extend(standing, Reading(at(2), DOWN), hold=hold)
    assert (closed, standing) == ((state(0, 2, UP),), state(2, 5, DOWN))
    closed, standing = extend(standing, Reading(at(9), DOWN), hold=hold)
    assert (closed, standing) == ((state(2, 5, DOWN), state(5, 9, None)), state(9, 12, DOWN))
