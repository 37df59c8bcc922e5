"""Planned work: the time it covers, and the entries that have not been withdrawn."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from procedure.errors import PlannedWorkRefused
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    PlannedWork,
    current_work,
    parse_planned_span,
)
from tests.support import make

START = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
MOMENT = timedelta(microseconds=1)


def planned(number: int, start: datetime = START) -> MaintenancePlanned:
    return make.planned(
        number, start, END, at=START - timedelta(days=2), title="Upgrade", workstation="CMU-3"
    )


def test_covers_from_the_start_until_before_the_end() -> None:
    window = PlannedWork(START, END, "feed:statuspage")
    assert [window.covers(at) for at in (START - MOMENT, START, END - MOMENT, END)] == [
        False,
        True,
        True,
        False,
    ]
    assert (window.has_ended(END - MOMENT), window.has_ended(END)) == (False, True)


def test_work_without_a_start_covers_nothing_and_without_an_end_never_ends() -> None:
    assert not PlannedWork(None, END, "x").covers(START)
    assert PlannedWork(START, None, "x").covers(END + timedelta(days=365))
    assert not PlannedWork(START, None, "x").has_ended(END + timedelta(days=365))


def test_planned_work_entered_by_a_person() -> None:
    assert planned(1).work == PlannedWork(START, END, "person:CMU-3", "Upgrade")


def test_current_work_leaves_out_withdrawn_work_in_any_order() -> None:
    later = planned(1, START + timedelta(hours=1))
    entries = (
        later,
        planned(2),
        planned(3),
        MaintenanceWithdrawn(id=UUID(int=9), at=START, window=UUID(int=3)),
        planned(2),
    )
    for order in permutations(entries):
        assert current_work(order) == (planned(2), later)


NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SPRING = datetime(2027, 3, 20, 11, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 20, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end", "now", "instants"),
    [
        ("2026-11-29T02:00", "2026-11-29T04:00", NOW, ("11-29 01:00", "11-29 03:00")),
        ("2026-11-24T11:00", "2026-11-24T12:30", NOW, ("11-24 10:00", "11-24 11:30")),
        ("2027-03-28T01:30", "2027-03-28T03:30", SPRING, ("03-28 00:30", "03-28 01:30")),
        ("2026-10-25T02:30", "2026-10-25T02:30", AUTUMN, ("10-25 00:30", "10-25 01:30")),
    ],
)
def test_parse_planned_span_local_times(
    begin: str, end: str, now: datetime, instants: tuple[str, str]
) -> None:
    span = parse_planned_span(begin, end, now)
    assert tuple(f"{instant:%m-%d %H:%M}" for instant in span) == instants
    assert all(instant.tzinfo is UTC for instant in span)


@pytest.mark.parametrize(
    ("begin", "end", "now", "reason"),
    [
        ("", "2026-11-29T04:00", NOW, "begin_unreadable"),
        ("2026-11-29T02:00+01:00", "2026-11-29T04:00", NOW, "begin_unreadable"),
        ("0001-01-01T00:00", "2026-11-29T04:00", NOW, "begin_unreadable"),
        ("2026-11-29T02:00", "demain", NOW, "end_unreadable"),
        ("2027-03-28T02:30", "2027-03-28T04:00", SPRING, "begin_skipped"),
        ("2027-03-28T01:00", "2027-03-28T02:00", SPRING, "end_skipped"),
        ("2026-11-29T04:00", "2026-11-29T04:00", NOW, "backwards"),
        ("2026-11-24T10:00", "2026-11-24T12:00", NOW, "over"),
        ("2026-11-29T02:00", "2026-12-06T02:01", NOW, "too_long"),
        ("2027-11-29T02:00", "2027-11-29T04:00", NOW, "too_far"),
    ],
)
def test_parse_planned_span_refuses_impossible_times(
    begin: str, end: str, now: datetime, reason: str
) -> None:
    with pytest.raises(PlannedWorkRefused) as refusal:
        parse_planned_span(begin, end, now)
    assert refusal.value.reason == reason
