"""Trouble and quiet are timed from their beginning; what is not known counts for neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from procedure.diagnosis.persistence import Holding, Mood, holding
from procedure.diagnosis.rules import Origin

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (Origin.ALMA, Origin.ALMA, Holding(Mood.TROUBLE, AT, Origin.ALMA, LATER)),
        (Origin.ALMA, Origin.LOGIN, Holding(Mood.TROUBLE, AT, Origin.LOGIN, LATER)),
        (Origin.ALMA, Origin.NOTHING, Holding(Mood.WELL, LATER, Origin.NOTHING, LATER)),
        (Origin.NOTHING, Origin.UNKNOWN, Holding(Mood.UNCLEAR, LATER, Origin.UNKNOWN, LATER)),
        (Origin.UNKNOWN, Origin.WORKSTATION, Holding(Mood.UNCLEAR, AT, Origin.WORKSTATION, LATER)),
        (Origin.WATCHER, Origin.NOTHING, Holding(Mood.WELL, LATER, Origin.NOTHING, LATER)),
    ],
)
def test_the_clock_runs_on_while_the_mood_stays(
    first: Origin, then: Origin, expected: Holding
) -> None:
    assert holding(holding(None, first, AT), then, LATER) == expected


def test_a_mood_has_lasted_from_the_very_second_on() -> None:
    held = holding(None, Origin.ALMA, AT)
    assert not held.lasted(timedelta(minutes=1), LATER - timedelta(seconds=1))
    assert held.lasted(timedelta(minutes=1), LATER)


def test_a_time_in_which_nobody_looked_begins_the_clock_anew() -> None:
    held = holding(None, Origin.ALMA, AT)
    much_later = AT + timedelta(minutes=2, seconds=1)
    assert holding(held, Origin.ALMA, much_later) == Holding(
        Mood.TROUBLE, much_later, Origin.ALMA, much_later
    )
