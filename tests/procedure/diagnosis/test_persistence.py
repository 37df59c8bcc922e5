"""Trouble and quiet are timed from their beginning; what is not known counts for neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from procedure.diagnosis.persistence import Condition, ConditionSince, update_condition
from procedure.diagnosis.rules import FaultLocation

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (
            FaultLocation.ALMA,
            FaultLocation.ALMA,
            ConditionSince(Condition.TROUBLE, AT, FaultLocation.ALMA, LATER),
        ),
        (
            FaultLocation.ALMA,
            FaultLocation.LOGIN,
            ConditionSince(Condition.TROUBLE, AT, FaultLocation.LOGIN, LATER),
        ),
        (
            FaultLocation.ALMA,
            FaultLocation.NOTHING,
            ConditionSince(Condition.WELL, LATER, FaultLocation.NOTHING, LATER),
        ),
        (
            FaultLocation.NOTHING,
            FaultLocation.UNKNOWN,
            ConditionSince(Condition.UNCLEAR, LATER, FaultLocation.UNKNOWN, LATER),
        ),
        (
            FaultLocation.UNKNOWN,
            FaultLocation.WORKSTATION,
            ConditionSince(Condition.UNCLEAR, AT, FaultLocation.WORKSTATION, LATER),
        ),
        (
            FaultLocation.WATCHER,
            FaultLocation.NOTHING,
            ConditionSince(Condition.WELL, LATER, FaultLocation.NOTHING, LATER),
        ),
    ],
)
def test_the_clock_runs_on_while_the_mood_stays(
    first: FaultLocation, then: FaultLocation, expected: ConditionSince
) -> None:
    assert update_condition(update_condition(None, first, AT), then, LATER) == expected


def test_a_mood_has_lasted_from_the_very_second_on() -> None:
    held = update_condition(None, FaultLocation.ALMA, AT)
    assert not held.has_lasted(timedelta(minutes=1), LATER - timedelta(seconds=1))
    assert held.has_lasted(timedelta(minutes=1), LATER)


def test_a_time_in_which_nobody_looked_begins_the_clock_anew() -> None:
    held = update_condition(None, FaultLocation.ALMA, AT)
    much_later = AT + timedelta(minutes=2, seconds=1)
    assert update_condition(held, FaultLocation.ALMA, much_later) == ConditionSince(
        Condition.TROUBLE, much_later, FaultLocation.ALMA, much_later
    )
