"""Nearby segments are joined; states other than up are always drawn; no gap is drawn as up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from dashboard.history.timeline_segments import TimelineSegment, timeline_segments
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import FailureCause, Status

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UP, DOWN = Status.UP, Status.DOWN


def lane(*pieces: tuple[int, Status | None], until: int) -> list[StatusInterval]:
    ends = [start for start, _ in pieces[1:]] + [until]
    return [
        StatusInterval("a", NOON + start * MINUTE, NOON + end * MINUTE, status)
        for (start, status), end in zip(pieces, ends, strict=True)
    ]


def drawn(status: Status, start: int, end: int, lasted: int, times: int = 1) -> TimelineSegment:
    return TimelineSegment(
        status, NOON + start * MINUTE, NOON + end * MINUTE, lasted * MINUTE, times
    )


def test_timeline_segments_join_close_times() -> None:
    states = lane((0, UP), (10, DOWN), (11, UP), (13, DOWN), (14, UP), (40, DOWN), until=45)
    assert timeline_segments(states, 5 * MINUTE) == [
        drawn(UP, 0, 40, 38, 3),
        drawn(DOWN, 10, 14, 2, 2),
        drawn(DOWN, 40, 45, 5),
    ]


def test_timeline_segments_draw_no_gap_as_up() -> None:
    states = lane((0, UP), (10, None), (11, UP), until=20)
    assert timeline_segments(states, 5 * MINUTE) == [drawn(UP, 0, 10, 10), drawn(UP, 11, 20, 9)]


def test_timeline_segments_leave_out_readings_too_far_apart() -> None:
    states = lane(*((n, None if n % 2 else UP) for n in range(40)), until=40)
    assert timeline_segments(states, 5 * MINUTE) == []


def test_timeline_segments_continue_a_downtime_across_a_gap() -> None:
    states = lane((0, DOWN), (2, None), (4, DOWN), (5, None), until=20)
    assert timeline_segments(states, 5 * MINUTE) == [drawn(DOWN, 0, 5, 3, 2)]


def test_timeline_segments_join_different_causes() -> None:
    states = [
        StatusInterval("a", NOON, NOON + MINUTE, DOWN, FailureCause.DNS),
        StatusInterval("a", NOON + MINUTE, NOON + 2 * MINUTE, DOWN, FailureCause.RESET),
    ]
    assert timeline_segments(states, MINUTE) == [drawn(DOWN, 0, 2, 2)]


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from([*Status, None])), min_size=1, max_size=40
    ),
    st.integers(0, 20),
)
def test_timeline_segments_draw_what_was_seen_without_overlap(
    pieces: list[tuple[int, Status | None]], step: int
) -> None:
    starts = [sum(length for length, _ in pieces[:n]) for n in range(len(pieces) + 1)]
    timed = zip(starts, (status for _, status in pieces), strict=False)
    states = lane(*timed, until=starts[-1])
    seen = timeline_segments(states, step * MINUTE)
    for status in Status:
        mine = [segment for segment in seen if segment.status is status]
        real = [state for state in states if state.status is status]
        covered = [
            state
            for state in real
            if any(m.start <= state.start <= state.end <= m.end for m in mine)
        ]
        drawn_time = sum((segment.lasted for segment in mine), timedelta())
        assert drawn_time == sum((state.lasted for state in covered), timedelta())
        assert status is UP or covered == real
        assert all(a.end <= b.start for a, b in pairwise(mine))
        if step:
            assert len(mine) <= starts[-1] / step + 1
    ups = [segment for segment in seen if segment.status is UP]
    gaps = [state for state in states if state.status is None]
    assert all(up.end <= gap.start or up.start >= gap.end for up in ups for gap in gaps)
