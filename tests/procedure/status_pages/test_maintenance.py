"""Planned work: when it is on, and what still stands of what was entered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWindow,
    MaintenanceWithdrawn,
    current_windows,
)

START = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
MOMENT = timedelta(microseconds=1)


def planned(number: int, start: datetime = START) -> MaintenancePlanned:
    return MaintenancePlanned(
        UUID(int=number), START - timedelta(days=2), "alma-saml", start, END, "Upgrade", "CMU-3"
    )


def test_a_window_is_on_from_its_start_until_before_its_end() -> None:
    window = MaintenanceWindow(START, END, "feed:statuspage")
    assert [window.covers(at) for at in (START - MOMENT, START, END - MOMENT, END)] == [
        False,
        True,
        True,
        False,
    ]
    assert (window.over(END - MOMENT), window.over(END)) == (False, True)


def test_a_window_without_a_start_is_never_known_to_be_on_and_without_an_end_never_over() -> None:
    assert not MaintenanceWindow(None, END, "x").covers(START)
    assert MaintenanceWindow(START, None, "x").covers(END + timedelta(days=365))
    assert not MaintenanceWindow(START, None, "x").over(END + timedelta(days=365))


def test_what_a_person_enters_is_a_window_like_any_other() -> None:
    assert planned(1).window == MaintenanceWindow(START, END, "person:CMU-3", "Upgrade")


def test_what_was_withdrawn_no_longer_stands_in_whatever_order_it_is_read() -> None:
    later = planned(1, START + timedelta(hours=1))
    entries = (
        later,
        planned(2),
        planned(3),
        MaintenanceWithdrawn(UUID(int=9), START, UUID(int=3)),
        planned(2),
    )
    for order in permutations(entries):
        assert current_windows(order) == (planned(2), later)
