"""The minutes of the cells are those of the states, on any day of either clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.downtime import StatusInterval, availability
from procedure.monitoring.heatmap import DAYS, HOURS, HeatMapHour, heat_map_hours, worst_hour
from procedure.monitoring.model import Status

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
VERDICTS = [*Status, None]
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)
SUNDAY = 6
FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def down(
    start: datetime, length: timedelta, verdict: Status | None = Status.DOWN
) -> StatusInterval:
    return StatusInterval("A4", start, start + length, verdict)


def filled(*states: StatusInterval) -> dict[tuple[int, int], HeatMapHour]:
    return {key: cell for key, cell in heat_map_hours(states).items() if cell.whole}


def test_heat_map_cuts_outages_at_local_hours() -> None:
    outage = down(TUESDAY + 8 * HOUR + 12 * MINUTE, 156 * MINUTE)
    spent = {(1, 9): 48, (1, 10): 60, (1, 11): 48}
    assert filled(outage) == {
        key: HeatMapHour(MINUTE * n, MINUTE * n, MINUTE * n) for key, n in spent.items()
    }


def test_heat_map_has_every_hour_of_the_week() -> None:
    assert list(heat_map_hours([])) == [(day, hour) for day in DAYS for hour in HOURS]


@pytest.mark.parametrize(
    ("verdict", "cell"),
    [
        (Status.UP, HeatMapHour(0 * HOUR, HOUR, HOUR)),
        (Status.SLOW, HeatMapHour(0 * HOUR, HOUR, HOUR)),
        (Status.DOWN, HeatMapHour(HOUR, HOUR, HOUR)),
        (Status.UNKNOWN, HeatMapHour(0 * HOUR, 0 * HOUR, HOUR)),
        (None, HeatMapHour(0 * HOUR, 0 * HOUR, HOUR)),
    ],
)
def test_heat_map_counts_unknown_as_neither_up_nor_down(
    verdict: Status | None, cell: HeatMapHour
) -> None:
    assert filled(down(TUESDAY, HOUR, verdict)) == {(1, 1): cell}


def test_heat_map_counts_a_doubled_hour_twice() -> None:
    night = down(datetime(2026, 10, 25, 0, tzinfo=UTC), 3 * HOUR)
    cells = filled(night)
    assert {key: cell.down for key, cell in cells.items()} == {
        (SUNDAY, 2): 2 * HOUR,
        (SUNDAY, 3): HOUR,
    }


def test_heat_map_leaves_a_skipped_hour_empty() -> None:
    night = down(datetime(2026, 3, 29, 0, tzinfo=UTC), 2 * HOUR)
    assert {key: cell.down for key, cell in filled(night).items()} == {
        (SUNDAY, 1): HOUR,
        (SUNDAY, 3): HOUR,
    }


def test_worst_hour() -> None:
    assert worst_hour(heat_map_hours([down(TUESDAY + 8 * HOUR, 80 * MINUTE)])) == (1, 9)
    assert worst_hour(heat_map_hours([down(TUESDAY, HOUR, Status.UP)])) is None


@given(
    st.integers(0, 7 * 365 * 24 * 3600).map(lambda s: FIRST + timedelta(seconds=s)),
    st.lists(st.tuples(st.integers(1, 200_000), st.sampled_from(VERDICTS)), max_size=30),
)
def test_heat_map_sums_to_the_states(
    start: datetime, pieces: list[tuple[int, Status | None]]
) -> None:
    ends = [start]
    for seconds, _ in pieces:
        ends.append(ends[-1] + timedelta(seconds=seconds))
    states = [
        StatusInterval("A4", a, b, verdict)
        for (a, b), (_, verdict) in zip(pairwise(ends), pieces, strict=True)
    ]
    cells, spent = heat_map_hours(states).values(), availability(states)
    assert sum((cell.down for cell in cells), timedelta()) == spent.down
    assert sum((cell.known for cell in cells), timedelta()) == spent.up + spent.slow + spent.down
    assert sum((cell.whole for cell in cells), timedelta()) == ends[-1] - start
