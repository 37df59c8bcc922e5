"""Trouble and quiet are each timed from their start; an unclear diagnosis counts as neither."""

from datetime import UTC, datetime, timedelta

import pytest

from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import (
    Condition,
    ConditionSince,
    Suspected,
    proposed_begin,
    suspected_outage,
    update_condition,
)
from procedure.status_pages.maintenance import PlannedWork

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "then", "condition", "since"),
    [
        (FaultLocation.ALMA, FaultLocation.ALMA, Condition.TROUBLE, AT),
        (FaultLocation.ALMA, FaultLocation.LOGIN, Condition.TROUBLE, AT),
        (FaultLocation.ALMA, FaultLocation.NOTHING, Condition.WELL, LATER),
        (FaultLocation.NOTHING, FaultLocation.UNKNOWN, Condition.UNCLEAR, LATER),
        (FaultLocation.UNKNOWN, FaultLocation.WORKSTATION, Condition.UNCLEAR, AT),
        (FaultLocation.WATCHER, FaultLocation.NOTHING, Condition.WELL, LATER),
    ],
)
def test_update_condition_keeps_its_start_while_it_lasts(
    first: FaultLocation, then: FaultLocation, condition: Condition, since: datetime
) -> None:
    expected = ConditionSince(condition, since, then, LATER)
    assert update_condition(update_condition(None, first, AT), then, LATER) == expected


def test_has_lasted_to_the_exact_second() -> None:
    trouble = update_condition(None, FaultLocation.ALMA, AT)
    assert not trouble.has_lasted(timedelta(minutes=1), LATER - timedelta(seconds=1))
    assert trouble.has_lasted(timedelta(minutes=1), LATER)


def test_update_condition_restarts_after_a_pause() -> None:
    trouble = update_condition(None, FaultLocation.ALMA, AT)
    much_later = AT + timedelta(minutes=2, seconds=1)
    assert update_condition(trouble, FaultLocation.ALMA, much_later) == ConditionSince(
        Condition.TROUBLE, much_later, FaultLocation.ALMA, much_later
    )


def test_update_condition_after_a_gap_of_two_minutes() -> None:
    trouble = update_condition(None, FaultLocation.ALMA, AT)
    later = AT + timedelta(minutes=2)
    assert update_condition(trouble, FaultLocation.ALMA, later).since == AT


def test_update_condition_with_an_older_diagnosis() -> None:
    trouble = update_condition(None, FaultLocation.ALMA, LATER)
    assert update_condition(trouble, FaultLocation.LOGIN, AT) == ConditionSince(
        Condition.TROUBLE, LATER, FaultLocation.LOGIN, LATER
    )


def test_update_condition_knows_every_fault() -> None:
    conditions = {fault: update_condition(None, fault, AT).condition for fault in FaultLocation}
    unclear = [fault for fault, condition in conditions.items() if condition is Condition.UNCLEAR]
    well = [fault for fault, condition in conditions.items() if condition is Condition.WELL]
    assert (unclear, well) == (
        [FaultLocation.WORKSTATION, FaultLocation.WATCHER, FaultLocation.UNKNOWN],
        [FaultLocation.NOTHING],
    )


def test_suspected_outage_has_the_times_of_the_earliest_work() -> None:
    listed = [
        PlannedWork(AT - hours(1), AT + hours(1), "feed:a", "Second"),
        PlannedWork(AT - hours(3), AT + hours(2), "feed:b", "First"),
    ]
    suspected = suspected_outage(None, listed, timedelta(minutes=3), AT)
    assert suspected == Suspected(
        FaultLocation.PLANNED, AT - hours(3), True, "First", AT + hours(2)
    )


def hours(count: int) -> timedelta:
    return timedelta(hours=count)


def test_proposed_begin_is_the_first_failure_or_the_start_of_the_work() -> None:
    trouble = Suspected(FaultLocation.ALMA, LATER)
    work = Suspected(FaultLocation.PLANNED, LATER, True)
    now = AT + hours(1)
    assert [
        proposed_begin(None, None, now),
        proposed_begin(None, AT, now),
        proposed_begin(trouble, AT, now),
        proposed_begin(trouble, None, now),
        proposed_begin(work, AT, now),
    ] == [now, AT, AT, LATER, LATER]
