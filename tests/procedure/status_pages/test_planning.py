"""Planned work entered by hand: right across both clock changes, or refused with a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from procedure.errors import WindowRefused
from procedure.status_pages.planning import REFUSALS, planned_between

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
def test_local_times_become_instants(
    begin: str, end: str, now: datetime, instants: tuple[str, str]
) -> None:
    found = planned_between(begin, end, now)
    assert tuple(f"{one:%m-%d %H:%M}" for one in found) == instants
    assert all(one.tzinfo is UTC for one in found)


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
def test_what_cannot_be_is_refused_by_name(
    begin: str, end: str, now: datetime, reason: str
) -> None:
    with pytest.raises(WindowRefused) as refusal:
        planned_between(begin, end, now)
    assert (refusal.value.reason, str(refusal.value)) == (reason, REFUSALS[reason])
