"""What the wall clock shows, and which instants it shows it at, on the two nights that differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedure.local_time import comes_twice, instants, local, zone_named
from procedure.status_pages.maintenance import MaintenanceWindow


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def shown(*parts: int) -> datetime:
    return utc(*parts).replace(tzinfo=None)


def test_an_ordinary_time_is_shown_once() -> None:
    assert instants(shown(2026, 11, 24, 10, 0)) == (utc(2026, 11, 24, 9, 0),)
    assert instants(shown(2026, 7, 1, 10, 0)) == (utc(2026, 7, 1, 8, 0),)


def test_the_hour_skipped_in_march_is_never_shown() -> None:
    assert instants(shown(2026, 3, 29, 2, 30)) == ()
    assert local(utc(2026, 3, 29, 0, 59)).strftime("%H:%M %Z") == "01:59 CET"
    assert local(utc(2026, 3, 29, 1, 0)).strftime("%H:%M %Z") == "03:00 CEST"


def test_the_hour_repeated_in_october_is_shown_twice_and_says_so() -> None:
    first, second = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)
    assert instants(shown(2026, 10, 25, 2, 30)) == (first, second)
    assert [local(at).strftime("%H:%M %Z") for at in (first, second)] == ["02:30 CEST", "02:30 CET"]
    assert [comes_twice(at) for at in (first, second)] == [True, True]
    assert not comes_twice(utc(2026, 10, 25, 2, 0))
    assert not comes_twice(utc(2026, 10, 24, 23, 59))


def test_a_window_across_a_change_of_the_clocks_is_shown_as_its_wall_times() -> None:
    spring = MaintenanceWindow(utc(2026, 3, 29, 0, 0), utc(2026, 3, 29, 2, 0), "feed:statuspage")
    autumn = MaintenanceWindow(utc(2026, 10, 24, 23, 0), utc(2026, 10, 25, 3, 0), "feed:statuspage")
    times = [
        [local(at).strftime("%H:%M") for at in (one.start, one.end) if at]
        for one in (spring, autumn)
    ]
    assert times == [["01:00", "04:00"], ["01:00", "04:00"]]


@given(st.datetimes(shown(2020, 1, 1), shown(2035, 1, 1)))
def test_every_instant_is_among_those_of_the_time_it_shows(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    assert at in instants(local(at).replace(tzinfo=None))


def test_another_zone_changes_its_clocks_on_its_own_night() -> None:
    new_york = ZoneInfo("America/New_York")
    assert instants(shown(2026, 11, 1, 1, 30), new_york) == (
        utc(2026, 11, 1, 5, 30),
        utc(2026, 11, 1, 5, 30) + timedelta(hours=1),
    )


@pytest.mark.parametrize("name", ["Nowhere/Land", "../etc/passwd", "", "Europe", "x" * 5000, "\0"])
def test_a_zone_that_does_not_exist_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_a_zone_that_exists_is_found() -> None:
    assert zone_named("Europe/Zurich") == ZoneInfo("Europe/Zurich")
