"""Only readings made while the machine was cut off count as unknown."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from procedure.monitoring.blind_periods import (
    STALE_INTERVALS,
    BlindPeriod,
    BlindPeriods,
    mask_states,
    masked_spans,
    move_to_unknown,
)
from procedure.monitoring.downtime import StatusInterval, availability
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import MICROSECOND, microseconds

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN
CAUSES = {
    UP: None,
    Status.SLOW: None,
    DOWN: FailureCause.DNS,
    UNKNOWN: FailureCause.NETWORK,
    None: None,
}


def lane(*pieces: tuple[float, Status | None], until: float) -> list[StatusInterval]:
    ends = [start for start, _ in pieces[1:]] + [until]
    return [
        StatusInterval("a", NOON + start * MINUTE, NOON + end * MINUTE, status, CAUSES[status])
        for (start, status), end in zip(pieces, ends, strict=True)
    ]


def dark(*cuts: tuple[float, float]) -> BlindPeriods:
    spans = (BlindPeriod(NOON + start * MINUTE, NOON + end * MINUTE) for start, end in cuts)
    return BlindPeriods.of(spans, MINUTE)


def test_mask_states_without_a_period_changes_nothing() -> None:
    states = lane((0, UP), (3, DOWN), until=9)
    assert mask_states(states, dark()) == states
    assert mask_states([], dark((1, 2))) == []


def test_mask_states_resumes_a_downtime_after_the_period() -> None:
    states = lane((0, UP), (1, DOWN), (9, UP), until=10)
    seen = mask_states(states, dark((3, 5)))
    assert seen == lane((0, UP), (1, DOWN), (3, UNKNOWN), (5, DOWN), (9, UP), until=10)


def test_mask_states_begins_a_downtime_in_the_period_at_the_next_reading() -> None:
    states = lane((0, UP), (3.2, DOWN), until=20)
    later = 5 + STALE_INTERVALS
    assert mask_states(states, dark((3, 5))) == lane((0, UP), (3, UNKNOWN), (later, DOWN), until=20)


def test_mask_states_is_unknown_until_a_reading_of_the_period_expires() -> None:
    # The scheduler is killed at minute 5, while the machine is cut off, and resumes at minute 20.
    states = lane((0, UP), (3.2, DOWN), (8, None), (20, UP), until=22)
    seen = lane((0, UP), (3, UNKNOWN), (8, None), (20, UP), until=22)
    assert mask_states(states, dark((3, 5))) == seen


def test_mask_states_keeps_one_downtime_across_a_period() -> None:
    states = lane((0, UP), (3.2, DOWN), (9, None), until=20)
    later = 5 + STALE_INTERVALS
    seen = lane((0, UP), (3, UNKNOWN), (later, DOWN), (9, None), until=20)
    assert mask_states(states, dark((3, 5))) == seen


def test_mask_states_covers_a_probe_begun_as_the_connection_failed() -> None:
    states = lane((0, UP), (2.8, DOWN), (5.5, UP), until=9)
    assert mask_states(states, dark((3, 5))) == lane((0, UP), (2.8, UNKNOWN), (5.5, UP), until=9)


def test_mask_states_keeps_a_gap() -> None:
    states = lane((0, UP), (3, None), (4, UP), until=9)
    assert mask_states(states, dark((2, 8))) == lane(
        (0, UP), (2, UNKNOWN), (3, None), (4, UNKNOWN), (8, UP), until=9
    )


statuses = st.sampled_from([UP, Status.SLOW, DOWN, UNKNOWN, None])
edges = st.lists(st.integers(0, 60), unique=True, min_size=2, max_size=12).map(sorted)


@given(edges, edges, st.data())
def test_sums_of_masked_states_equal_masked_sums(
    starts: list[int], cuts: list[int], data: st.DataObject
) -> None:
    states = lane(*((start, data.draw(statuses)) for start in starts), until=70)
    spans = [
        BlindPeriod(NOON + first * MINUTE, NOON + last * MINUTE)
        for first, last in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    seen = mask_states(states, BlindPeriods.of(spans, MINUTE))
    assert (seen[0].start, seen[-1].end) == (states[0].start, states[-1].end)
    assert all(before.end == after.start for before, after in pairwise(seen))

    begun = [(microseconds(state.start), state.status, state.cause) for state in states]
    sums = counted(states)
    stretches = masked_spans(
        begun, microseconds(states[-1].end), BlindPeriods.counted(spans, MINUTE)
    )
    move_to_unknown([microseconds(NOON)], sums, stretches, "day")
    assert sums == counted(seen)


def counted(states: list[StatusInterval]) -> dict[str, list[int]]:
    spent = availability(states)
    names = ("up", "slow", "down", "unknown")
    return {name: [getattr(spent, name) // MICROSECOND] for name in names}
