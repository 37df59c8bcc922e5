"""Probes are steady and spread out, and missed probes are not made up for."""

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.schedule import first_probe, next_probe, offset

seconds = st.floats(0, 1e6, allow_nan=False)


def test_offset_spreads_targets_evenly() -> None:
    assert [offset(index, 4, 60.0) for index in range(4)] == [7.5, 22.5, 37.5, 52.5]
    assert [first_probe(index) for index in range(3)] == [0.0, 0.2, 0.4]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (100.0, 142.5),  # the first probe came at once, so 102.5 would be too soon
        (121.0, 142.5),
        (123.0, 182.5),
        (142.6, 182.5),
        (4000.0, 4022.5),  # the machine slept: one probe, not a hundred
    ],
)
def test_next_probe_is_at_its_offset_and_not_too_soon(now: float, due: float) -> None:
    assert next_probe(now, start=100.0, place=2.5, interval=40.0) == pytest.approx(due)


@given(start=seconds, slept=seconds, interval=st.floats(1, 3600), share=st.floats(0, 1))
def test_next_probe_is_neither_past_nor_far_away(
    start: float, slept: float, interval: float, share: float
) -> None:
    now = start + slept
    wait = next_probe(now, start=start, place=share * interval, interval=interval) - now
    assert interval / 2 - 1e-3 <= wait <= interval * 1.5 + 1e-3
